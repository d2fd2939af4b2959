package io.moondial.modules.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.modules.sql.Databases.Call;
import io.moondial.modules.sql.Databases.Outcome;
import io.moondial.modules.sql.Databases.Wanted;
import io.moondial.modules.sql.Databases.Why;
import io.moondial.modules.sql.SqlSettings.DatabaseSettings;
import io.moondial.modules.sql.SqlText.Dialect;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.time.SystemTime;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Turns and connections, with a connection that does what the test says. */
class DatabaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch begins = new CountDownLatch(1);
    private final CountDownLatch mayBegin = new CountDownLatch(1);
    private final CountDownLatch rolledBack = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile @Nullable SQLException commitFails;

    @Test
    void a_transaction_that_begins_when_nobody_waits_any_more_gives_its_turn_back_once()
            throws Exception {
        Database database = new Database("bank", settings(), connection(), new SystemTime());
        try {
            CompletableFuture<Outcome> transaction = database.begin();
            begins.await(60, TimeUnit.SECONDS);
            transaction.cancel(true);
            mayBegin.countDown();
            rolledBack.await(60, TimeUnit.SECONDS);

            var _ = database.run(call());
            var _ = database.run(call());

            // there is one connection, so one has its turn, and the other waits for it
            await().atMost(PATIENCE).until(() -> waiting(database) == 1);
        } finally {
            mayGoOn.countDown();
            database.stop();
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "40001, CONFLICT",
        "23505, CONSTRAINT",
        "40003, UNAVAILABLE", // nobody knows whether it is committed
        "HY000, UNAVAILABLE",
        "'', UNAVAILABLE",
    })
    void a_commit_that_fails_is_never_a_mistake_of_the_script(String state, Why why)
            throws Exception {
        commitFails = new SQLException("no commit", state);
        mayBegin.countDown();
        Database database = new Database("bank", settings(), connection(), new SystemTime());
        try {
            Outcome begun = database.begin().get(60, TimeUnit.SECONDS);
            assertThat(begun).isInstanceOf(Outcome.Begun.class);

            Outcome ended =
                    ((Outcome.Begun) begun).transaction().commit().get(60, TimeUnit.SECONDS);

            assertThat(ended)
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> {
                                assertThat(failed.why()).isEqualTo(why);
                                assertThat(failed.detail()).contains(state, "no commit");
                            });
        } finally {
            mayGoOn.countDown();
            database.stop();
        }
    }

    private static long waiting(Database database) {
        return database.gauges().stream()
                .filter(it -> it.name().equals("waiting"))
                .mapToLong(Gauge::value)
                .sum();
    }

    private static DatabaseSettings settings() {
        return new DatabaseSettings(
                "jdbc:mariadb://127.0.0.1/bank",
                null,
                null,
                1,
                PATIENCE,
                PATIENCE,
                1000,
                1 << 20,
                false,
                Map.of(),
                Path.of("rules.yaml"));
    }

    private static Call call() throws Exception {
        return new Call(
                SqlText.of("SELECT 1", Dialect.MARIADB), null, Map.of(), Set.of(), Wanted.ROWS);
    }

    private Connection connection() {
        return (Connection)
                Proxy.newProxyInstance(
                        DatabaseTest.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, _) -> does(method));
    }

    private @Nullable Object does(Method method) throws Exception {
        switch (method.getName()) {
            case "setAutoCommit" -> {
                begins.countDown();
                mayBegin.await(60, TimeUnit.SECONDS);
            }
            case "commit" -> {
                SQLException failure = commitFails;
                if (failure != null) {
                    throw failure;
                }
            }
            case "rollback" -> rolledBack.countDown();
            case "prepareStatement" -> {
                mayGoOn.await(60, TimeUnit.SECONDS);
                throw new SQLException("the test is over");
            }
            default -> {}
        }
        return null;
    }
}
