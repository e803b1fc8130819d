touch "$BACKUPS"/home-2026-01-02.tar.gz "$BACKUPS"/etc-2026-03-01.tar.gz "$BACKUPS"/notes.txt
test "$(list-backups "$BACKUPS")" = "$(printf 'etc-2026-03-01.tar.gz\nhome-2026-01-02.tar.gz')"
