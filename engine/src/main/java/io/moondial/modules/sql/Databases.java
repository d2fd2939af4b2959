package io.moondial.modules.sql;

import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The databases that scripts reach: those of the rules, or what a dialog test has instead. */
interface Databases {
    /** The one that the rules give this name; null: none. */
    @Nullable Reached find(String name);

    /** The names that the rules give. */
    Set<String> names();

    /** What carries out statements. A future that is cancelled stops its statement. */
    interface Target {
        /** Carries out a statement: the outcome is that of the statement, or it has failed. */
        CompletableFuture<Outcome> run(Call call);
    }

    /** One database. */
    interface Reached extends Target {
        DatabaseSettings settings();

        /** Begins a transaction: {@link Outcome.Begun}, or it has failed. */
        CompletableFuture<Outcome> begin();
    }

    /** A transaction, which its script ends before it ends itself. */
    interface Transaction extends Target {
        /** One that has been made, and is not asked for anything. */
        Transaction MADE =
                new Transaction() {
                    @Override
                    public CompletableFuture<Outcome> run(Call call) {
                        throw new IllegalStateException("this transaction has been made");
                    }

                    @Override
                    public CompletableFuture<Outcome> commit() {
                        throw new IllegalStateException("this transaction has been made");
                    }

                    @Override
                    public CompletableFuture<Outcome> rollback() {
                        throw new IllegalStateException("this transaction has been made");
                    }

                    @Override
                    public void abandon() {}
                };

        /** Makes the changes good: {@link Outcome.Ended}, or it has failed. */
        CompletableFuture<Outcome> commit();

        /** Takes the changes back: {@link Outcome.Ended}, whatever happens. */
        CompletableFuture<Outcome> rollback();

        /** Takes the changes back as soon as possible, unless it has ended; nobody waits. */
        void abandon();
    }

    /**
     * A statement with its values.
     *
     * @param text what the database is to carry out
     * @param named its name in the rules; null: it stands in the script
     * @param values by the names of the parameters: String, Boolean, Integer, Long, Double,
     *     BigDecimal, or null
     * @param secrets those of them that are secret answers
     * @param wanted what of its results is wanted
     */
    record Call(
            SqlText text,
            @Nullable String named,
            Map<String, @Nullable Object> values,
            Set<String> secrets,
            Wanted wanted) {}

    /** What is wanted of the results. */
    enum Wanted {
        ROWS,
        FIRST_ROW,
        COUNT
    }

    /** What has come of a call. */
    sealed interface Outcome {
        /**
         * Rows.
         *
         * @param rows each with one value for each column: String, Boolean, Long, Double,
         *     BigDecimal, a List of them, or null
         */
        record Rows(List<String> columns, List<List<@Nullable Object>> rows) implements Outcome {}

        /** A number of rows that are changed now. */
        record Changed(long rows) implements Outcome {}

        /** A transaction has begun. */
        record Begun(Transaction transaction) implements Outcome {}

        /** A transaction has ended as it was told to. */
        record Ended() implements Outcome {}

        /** It did not work, and the script may go on. */
        record Failed(Why why, String detail) implements Outcome {}

        /** The statement is wrong: an error of the script's. */
        record Mistaken(String message) implements Outcome {}
    }

    /** Why a call has failed. */
    enum Why {
        /** It did not end in time. */
        TIMEOUT,
        /** No connection became free in time, or SQLite's file was locked for too long. */
        BUSY,
        /** The database cannot be reached, or cannot work. */
        UNAVAILABLE,
        /** Another transaction was in the way: the same again may work. */
        CONFLICT,
        /** The database refuses the change. */
        CONSTRAINT,
        /** More rows or octets than the rules allow. */
        TOO_LARGE;

        /** As scripts have it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
