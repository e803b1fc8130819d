module example.org/shortnames

go 1.21
