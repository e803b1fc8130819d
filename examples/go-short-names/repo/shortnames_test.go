package shortnames

import "testing"

func TestMake(t *testing.T) {
	for title, want := range map[string]string{
		"Hello, World!":  "hello-world",
		"Été à Paris":    "ete-a-paris",
		"  2 + 2 = 4  ":  "2-2-4",
		"":               "",
		"already-a-name": "already-a-name",
	} {
		if got := Make(title); got != want {
			t.Errorf("Make(%q) = %q, want %q", title, got, want)
		}
	}
}
