package cli

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/skein-db/skein/internal/finding"
)

// TestFieldsOfFindingsAreDocumented: no single rule fills every field of a
// finding, so no story sees all of them in one object.
func TestFieldsOfFindingsAreDocumented(t *testing.T) {
	findings := []finding.Finding{filled[finding.Finding](t)}
	allowed := []finding.Accepted{{Finding: findings[0], Reason: "x"}}
	for name, value := range map[string]any{
		"check":   checkResult{Findings: findings, Allowed: allowed, Error: &errorObject{}},
		"lint":    lintResult{Findings: findings, Allowed: allowed},
		"explain": explainResult{Rules: []finding.Rule{filled[finding.Rule](t)}},
	} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		for _, problem := range jsonPage().compare(name, object) {
			t.Errorf("docs/json.md, %s: %s", name, problem)
		}
	}
}

// filled is a T with something in each of its fields.
func filled[T any](t *testing.T) T {
	var value T
	fields := reflect.ValueOf(&value).Elem()
	for i := range fields.NumField() {
		switch field := fields.Field(i); field.Kind() {
		case reflect.String:
			field.SetString("x")
		case reflect.Int:
			field.SetInt(1)
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Slice:
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		default:
			t.Fatalf("%s of %T: a kind of field that this test does not fill", fields.Type().Field(i).Name, value)
		}
	}
	return value
}
