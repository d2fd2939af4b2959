package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.modules.sql.Databases.Call;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Reached;
import io.moondial.modules.sql.Databases.Wanted;
import io.moondial.modules.sql.Databases.Why;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.modules.sql.SqlText.Dialect;
import io.moondial.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of databases when the rules change. */
class SqlBackendTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path folder;
    private final SqlBackend backend = new SqlBackend();
    private final SystemTime time = new SystemTime();

    @AfterEach
    void close() {
        time.close();
    }

    private DatabaseSettings database(int pool) {
        return new DatabaseSettings(
                "jdbc:sqlite:bank.db",
                null,
                null,
                pool,
                PATIENCE,
                PATIENCE,
                1000,
                1 << 20,
                false,
                Map.of(),
                folder.resolve("rules.yaml"));
    }

    private static Outcome outcome(CompletableFuture<Outcome> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static Call call() throws Exception {
        return new Call(
                SqlText.of("SELECT 1", Dialect.SQLITE), null, Map.of(), Set.of(), Wanted.ROWS);
    }

    @Test
    void a_call_that_found_a_database_just_before_it_was_replaced_goes_to_the_new_one()
            throws Exception {
        SqlSettings before = new SqlSettings(Map.of("bank", database(1)));
        SqlSettings after = new SqlSettings(Map.of("bank", database(2)));
        Databases databases = backend.start(before, time);
        try {
            Reached found = Objects.requireNonNull(databases.find("bank"));
            backend.reload(databases, before, after);

            assertThat(outcome(found.run(call()))).isInstanceOf(Outcome.Rows.class);
            Outcome begun = outcome(found.begin());
            assertThat(begun).isInstanceOf(Outcome.Begun.class);
            outcome(((Outcome.Begun) begun).transaction().rollback());

            backend.reload(databases, after, new SqlSettings(Map.of()));
            assertThat(outcome(found.run(call())))
                    .isEqualTo(
                            new Outcome.Failed(
                                    Why.UNAVAILABLE,
                                    "the rules do not have this database any more"));
        } finally {
            backend.stop(databases);
        }
    }

    @Test
    void a_stop_reaches_a_transaction_of_a_database_that_the_rules_do_not_have_any_more()
            throws Exception {
        SqlSettings before = new SqlSettings(Map.of("bank", database(1)));
        SqlSettings after = new SqlSettings(Map.of());
        Databases databases = backend.start(before, time);
        try {
            Reached found = Objects.requireNonNull(databases.find("bank"));
            assertThat(outcome(found.begin())).isInstanceOf(Outcome.Begun.class);
        } finally {
            backend.reload(databases, before, after);
            backend.stop(databases);
        }
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(Thread.getAllStackTraces().keySet())
                                        .noneMatch(it -> it.getName().startsWith("sql-bank-pool")));
    }

    @Test
    void databases_that_were_opened_before_one_fails_are_closed() {
        SqlSettings settings =
                new SqlSettings(Map.of("failing_1", database(1), "failing_2", database(0)));
        assertThatThrownBy(() -> backend.start(settings, time))
                .isInstanceOf(IllegalArgumentException.class);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(Thread.getAllStackTraces().keySet())
                                        .noneMatch(
                                                it ->
                                                        it.getName()
                                                                .startsWith("sql-failing_1-pool")));
    }
}
