package snapshot

import "fmt"

// sameNames finds two objects of one kind with one name, which keys that
// differ from the names inside can hide; the model has no room for them.
func sameNames(doc *node) *misfit {
	for _, key := range []string{"tables", "enums", "views", "sequences", "roles"} {
		record := doc.get(key)
		if record == nil {
			continue
		}
		if m := sameNamesIn(record, key); m != nil {
			return m
		}
	}
	for _, t := range doc.get("tables").kids {
		for _, key := range []string{"columns", "indexes", "foreignKeys", "compositePrimaryKeys", "uniqueConstraints", "checkConstraints", "policies"} {
			record := t.get(key)
			if record == nil {
				continue
			}
			if m := sameNamesIn(record, "tables."+t.key()+"."+key); m != nil {
				return m
			}
		}
	}
	return nil
}

// sameNamesIn looks at one record. Keys are unique, so members that have their
// name as key need no second look.
func sameNamesIn(record *node, path string) *misfit {
	keyed := true
	for i := range record.kids {
		if name := record.kids[i].get("name"); name.text != record.kids[i].name {
			keyed = false
			break
		}
	}
	if keyed {
		return nil
	}
	seen := make(map[[2]string]bool, len(record.kids))
	for i := range record.kids {
		kid := &record.kids[i]
		name := [2]string{str(kid, "name")}
		if kid.get("columns") != nil || kid.get("values") != nil || kid.get("schema") != nil {
			name[1] = spelled(str(kid, "schema"))
		}
		if seen[name] {
			return &misfit{off: int(kid.at), path: path, message: fmt.Sprintf("a second one named %q", name[0])}
		}
		seen[name] = true
	}
	return nil
}
