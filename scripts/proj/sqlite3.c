/* Runs the SQL statements of standard input on a database file: all that the build of PROJ asks of sqlite3. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_all(FILE *from) {
    size_t size = 0, room = 1 << 20;
    char *text = malloc(room);
    while (text) {
        size += fread(text + size, 1, room - size - 1, from);
        if (size < room - 1) {
            text[size] = '\0';
            return ferror(from) ? NULL : text;
        }
        room *= 2;
        char *larger = realloc(text, room);
        if (!larger) free(text);
        text = larger;
    }
    return NULL;
}

int main(int count, char **arguments) {
    sqlite3 *database;
    char *message = NULL;
    char *statements = read_all(stdin);
    if (count != 2 || !statements) {
        fprintf(stderr, "usage: sqlite3 DATABASE < STATEMENTS\n");
        return 2;
    }
    if (sqlite3_open(arguments[1], &database) != SQLITE_OK
        || sqlite3_exec(database, statements, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "sqlite3: %s: %s\n", arguments[1], message ? message : sqlite3_errmsg(database));
        return 1;
    }
    return sqlite3_close(database) == SQLITE_OK ? 0 : 1;
}
