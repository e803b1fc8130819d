// Package shortnames turns titles into short names for URLs.
package shortnames

import "strings"

// accents maps letters with accents to those without.
var accents = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e",
	"î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u",
)

// Make returns the short name of a title: lower case, words joined by hyphens, nothing but a-z and 0-9.
func Make(title string) string {
	plain := accents.Replace(strings.ToLower(title))
	words := strings.FieldsFunc(plain, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}
