package history

var adjectives = []string{"quiet", "amber"}

var heroes = []string{"sindbad", "baba_yaga"}
