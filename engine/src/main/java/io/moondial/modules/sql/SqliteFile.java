package io.moondial.modules.sql;

import io.moondial.modules.sql.SqlText.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** A database of SQLite as a file: what an example service finds at its start. */
public final class SqliteFile {
    private SqliteFile() {}

    /**
     * Makes a database of the statements in a file. The database is there as a whole, or not at
     * all.
     *
     * @throws IOException if the statements cannot be read or carried out
     */
    public static void make(Path database, Path statements) throws IOException {
        Path unfinished = database.resolveSibling(database.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        try {
            fill(unfinished, statements);
            Files.move(unfinished, database);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void fill(Path database, Path statements) throws IOException {
        String at = statements.toString();
        try (Connection connection =
                        new org.sqlite.JDBC().connect("jdbc:sqlite:" + database, new Properties());
                Statement statement = connection.createStatement()) {
            for (SqlText.Piece piece :
                    SqlText.pieces(Files.readString(statements), Dialect.SQLITE)) {
                at = statements + ":" + piece.line();
                statement.execute(piece.text());
            }
        } catch (SQLException e) {
            throw new IOException(at + ": " + JdbcCall.words(e), e);
        } catch (SqlText.Mistake e) {
            throw new IOException(at + ": " + e.words(), e);
        }
    }
}
