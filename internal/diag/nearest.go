package diag

// Nearest returns the word that name is most likely meant to be, or "" where
// none is near.
func Nearest(name string, words []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, word := range words {
		if d := editDistance(name, word); d < distance {
			best, distance = word, d
		}
	}
	return best
}

// editDistance counts the letters to add, drop or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
