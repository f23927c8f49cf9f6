package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/elastic/lunes"
)

// localeConstant is how the module's table of names declares a tag.
var localeConstant = regexp.MustCompile(`(?m)^\s+Locale\w+\s+= "([^"]+)"$`)

// printLocales prints the names of days, months and day periods that the reference reads, tables
// that several locales share once: `tag,tag<TAB>names|names<TAB>…` in the order short days, long
// days, short months, long months, day periods.
func printLocales(module string) error {
	source, err := os.ReadFile(filepath.Join(module, "tables.go"))
	if err != nil {
		return err
	}
	tags := map[string][]string{}
	for _, found := range localeConstant.FindAllStringSubmatch(string(source), -1) {
		tag := found[1]
		locale, err := lunes.NewDefaultLocale(tag)
		if err != nil {
			return err
		}
		lists := [][]string{
			locale.ShortDayNames(), locale.LongDayNames(),
			locale.ShortMonthNames(), locale.LongMonthNames(), locale.DayPeriods(),
		}
		columns := make([]string, len(lists))
		for i, list := range lists {
			columns[i] = strings.Join(list, "|")
			if strings.Count(columns[i], "|") != max(0, len(list)-1) || strings.ContainsAny(columns[i], "\t\n") {
				return fmt.Errorf("%s: a name has a separator in it", tag)
			}
		}
		row := strings.Join(columns, "\t")
		tags[row] = append(tags[row], tag)
	}
	lines := make([]string, 0, len(tags))
	for row, of := range tags {
		sort.Strings(of)
		lines = append(lines, strings.Join(of, ",")+"\t"+row)
	}
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
	return nil
}
