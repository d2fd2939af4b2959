package io.moondial.modules.kv;

import static io.moondial.modules.kv.KvStore.Answer.Done.YES;
import static io.moondial.modules.kv.StoreConformance.ask;
import static io.moondial.modules.kv.StoreConformance.found;
import static io.moondial.modules.kv.StoreConformance.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Answer.Counted;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.modules.kv.SqliteStore.SqliteSettings;
import io.moondial.time.LeapingTime;
import io.moondial.time.Time;
import java.io.BufferedReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What happens to a file of values, and what becomes of the calls. */
class SqliteFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final KvKey KEY = new KvKey("b", text("k"));

    @TempDir Path folder;
    private final LeapingTime time = new LeapingTime();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
        time.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(SqliteStore.class);
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private Path file() {
        return folder.resolve("kv.db");
    }

    private SqliteStore open() {
        return open(file(), PATIENCE, Duration.ofMillis(100));
    }

    private SqliteStore open(Path file, Duration busy, Duration sync) {
        return new SqliteStore(new SqliteSettings(file, busy, sync, Duration.ofMinutes(1)), time);
    }

    private static Request set(String value) {
        return new Request.Set(KEY, text(value), 0);
    }

    private static Answer get(KvStore store) {
        return ask(store, new Request.Get(KEY));
    }

    private static void assertFailed(Answer answer, Why why, String words) {
        assertThat(answer).isInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer).why()).isEqualTo(why);
        assertThat(((Answer.Failed) answer).detail()).contains(words);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    private int count(String question) throws SQLException {
        try (Connection other = connect();
                Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.getInt(1);
        }
    }

    @Test
    void a_kill_in_the_middle_of_writes_loses_nothing_that_was_answered() throws Exception {
        long[] answered = new long[WritingProcess.THREADS];
        Process writer = WritingProcess.start(file());
        try (BufferedReader output = writer.inputReader(StandardCharsets.UTF_8)) {
            int lines = 0;
            for (String line; (line = output.readLine()) != null; ) {
                if (!line.matches("\\d+ \\d+")) { // the line that the kill cut
                    assertThat(lines).as("the writer said " + line).isGreaterThanOrEqualTo(2000);
                    continue;
                }
                String[] words = line.split(" ", -1);
                answered[Integer.parseInt(words[0])] = Long.parseLong(words[1]);
                if (++lines == 2000) {
                    writer.toHandle().destroyForcibly(); // its output stays open
                }
            }
        } finally {
            writer.destroyForcibly();
        }
        assertThat(Arrays.stream(answered).sum()).isGreaterThanOrEqualTo(2000);
        try (KvStore store = open()) {
            for (int i = 0; i < answered.length; i++) {
                Answer answer = ask(store, new Request.Incr(WritingProcess.key(i), 0, 0));
                assertThat(((Counted) answer).value())
                        .as("thread " + i)
                        .isGreaterThanOrEqualTo(answered[i]);
            }
        }
    }

    @Test
    void another_process_reads_and_writes_the_file_at_the_same_time() throws Exception {
        Process writer = WritingProcess.start(file());
        try (BufferedReader output = writer.inputReader(StandardCharsets.UTF_8);
                KvStore store = open()) {
            assertThat(output.readLine()).matches("\\d+ \\d+");
            for (int i = 1; i <= 50; i++) {
                assertThat(ask(store, new Request.Incr(KEY, 1, 0))).isEqualTo(new Counted(i));
            }
            assertThat(output.readLine()).matches("\\d+ \\d+");
        } finally {
            writer.destroyForcibly();
        }
    }

    @Test
    void a_full_disk_refuses_changes_gives_what_is_there_and_takes_changes_again_once_it_has_room()
            throws Exception {
        assertThat(FullDiskProcess.run(folder, "2m", "later"))
                .containsExactly(
                        "kept: " + YES,
                        "full: " + new Answer.Failed(Why.UNAVAILABLE, "the disk is full"),
                        "what is there: " + found("kept"),
                        "state: unavailable",
                        "room again: " + YES,
                        "what is there: " + found("again"),
                        "state: open");
    }

    @Test
    void a_disk_that_is_full_from_the_start_is_used_once_it_has_room() throws Exception {
        List<String> lines = FullDiskProcess.run(folder, "2m", "at once");
        assertThat(lines.getFirst()).startsWith("full: Failed[why=UNAVAILABLE, detail=");
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        "state: unavailable",
                        "room again: " + YES,
                        "what is there: " + found("again"),
                        "state: open");
    }

    @Test
    void a_file_that_is_no_database_is_named_and_used_again_once_it_is_moved_away()
            throws Exception {
        Files.writeString(file(), "this is not a database, whatever its name says\n".repeat(100));
        try (SqliteStore store = open()) {
            assertFailed(get(store), Why.UNAVAILABLE, "it is no SQLite database");
            assertFailed(ask(store, set("x")), Why.UNAVAILABLE, "it is no SQLite database");
            assertThat(lines())
                    .contains(
                            "the file "
                                    + file()
                                    + " cannot be read: it is no SQLite database: move it away, or bring back a good copy; until that is over, kv gives scripts nil, \"unavailable\"");
            Files.move(file(), folder.resolve("broken.db"));
            time.leap(PAUSE);
            assertThat(ask(store, set("x"))).isEqualTo(YES);
            assertThat(get(store)).isEqualTo(found("x"));
        }
    }

    @Test
    void damaged_contents_make_calls_fail_and_end_nothing() throws Exception {
        try (SqliteStore store = open()) {
            for (int i = 0; i < 200; i++) {
                ask(
                        store,
                        new Request.Set(new KvKey("b", text("" + i)), text("x".repeat(3000)), 0));
            }
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
            bytes.seek(4096); // the first page says that it is a database, and stays
            byte[] damage = new byte[(int) bytes.length() - 4096];
            Arrays.fill(damage, (byte) 0xa5);
            bytes.write(damage);
        }
        try (SqliteStore store = open()) {
            assertFailed(
                    ask(store, new Request.Get(new KvKey("b", text("7")))),
                    Why.UNAVAILABLE,
                    "its contents are damaged");
            assertFailed(ask(store, set("x")), Why.UNAVAILABLE, "its contents are damaged");
            assertThat(store.condition().state()).isEqualTo("unavailable");
        }
    }

    @Test
    void the_database_of_another_program_and_that_of_a_newer_version_are_left_alone()
            throws Exception {
        try (Connection other = connect();
                Statement statement = other.createStatement()) {
            statement.execute("CREATE TABLE subscribers (msisdn TEXT)");
        }
        try (SqliteStore store = open()) {
            assertFailed(
                    ask(store, set("x")), Why.UNAVAILABLE, "it is a database of another program");
        }
        assertThat(count("SELECT count(*) FROM sqlite_schema")).isEqualTo(1);
        Files.delete(file());
        try (SqliteStore store = open()) {
            ask(store, set("x"));
        }
        try (Connection other = connect();
                Statement statement = other.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        try (SqliteStore store = open()) {
            assertFailed(get(store), Why.UNAVAILABLE, "it was written by a newer version");
        }
    }

    @Test
    void a_folder_that_cannot_be_made_is_named() throws Exception {
        Files.writeString(folder.resolve("state"), "a file");
        try (SqliteStore store =
                open(folder.resolve("state/kv.db"), PATIENCE, Duration.ofMillis(100))) {
            assertFailed(get(store), Why.UNAVAILABLE, folder.resolve("state").toString());
        }
    }

    @Test
    void only_its_owner_may_read_the_file() throws Exception {
        try (SqliteStore store = open()) {
            ask(store, set("x"));
            for (String name : List.of("kv.db", "kv.db-wal")) {
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(folder.resolve(name))))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void a_file_that_is_deleted_is_noticed_and_made_again() throws Exception {
        try (SqliteStore store = open()) {
            ask(store, set("old"));
            assertThat(get(store)).isEqualTo(found("old"));
            Files.delete(file());
            time.leap(PAUSE);
            assertThat(get(store)).isEqualTo(found(null));
            assertThat(ask(store, set("new"))).isEqualTo(YES);
            assertThat(get(store)).isEqualTo(found("new"));
            assertThat(lines())
                    .anyMatch(it -> it.contains("was deleted or replaced while it was in use"));
        }
        try (SqliteStore store = open()) {
            assertThat(get(store)).isEqualTo(found("new"));
        }
    }

    @Test
    void the_lock_of_another_process_holds_up_changes_and_not_reads() throws Exception {
        try (SqliteStore store = open(file(), Duration.ofMillis(50), Duration.ofMillis(100))) {
            ask(store, set("old"));
            try (Connection other = connect();
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                assertFailed(
                        ask(store, set("new")),
                        Why.TIMEOUT,
                        "another process holds its lock for too long");
                assertThat(get(store)).isEqualTo(found("old"));
                statement.execute("COMMIT");
            }
            assertThat(ask(store, set("new"))).isEqualTo(YES);
            assertThat(get(store)).isEqualTo(found("new"));
        }
    }

    @Test
    void what_nobody_waits_for_any_more_when_its_turn_comes_does_not_happen() throws Exception {
        try (SqliteStore store = open()) {
            ask(store, set("old"));
            CompletableFuture<Answer> first;
            CompletableFuture<Answer> second;
            try (Connection other = connect();
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                first = store.ask(new Request.Incr(new KvKey("b", text("n")), 1, 0));
                await().atMost(PATIENCE).until(() -> store.condition().waiting() == 0);
                second = store.ask(set("new"));
                second.cancel(true);
                statement.execute("COMMIT");
            }
            assertThat(first.join()).isEqualTo(new Counted(1));
            assertThat(ask(store, new Request.Incr(new KvKey("b", text("n")), 1, 0)))
                    .isEqualTo(new Counted(2));
            assertThat(get(store)).isEqualTo(found("old"));
        }
    }

    @Test
    void what_has_expired_is_deleted_from_the_file_in_small_steps() throws Exception {
        try (SqliteStore store = open()) {
            for (int i = 0; i < 500; i++) {
                ask(store, new Request.Set(new KvKey("b", text("" + i)), text("x"), 1000));
            }
            ask(store, set("stays"));
            assertThat(count("SELECT count(*) FROM kv")).isEqualTo(501);
            time.leap(Duration.ofMinutes(1));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(count("SELECT count(*) FROM kv")).isEqualTo(1));
            assertThat(get(store)).isEqualTo(found("stays"));
        }
    }

    @Test
    void a_store_that_forces_each_commit_answers_the_same() throws Exception {
        try (SqliteStore store = open(file(), PATIENCE, Duration.ZERO)) {
            StoreConformance.atOnce(
                    8,
                    _ -> {
                        for (int i = 0; i < 20; i++) {
                            ask(store, new Request.Incr(KEY, 1, 0));
                        }
                    });
            assertThat(get(store)).isEqualTo(found("160"));
        }
    }

    @Test
    void what_was_asked_before_the_end_is_answered() {
        List<CompletableFuture<Answer>> answers;
        try (SqliteStore store = open()) {
            answers =
                    IntStream.range(0, 100)
                            .mapToObj(_ -> store.ask(new Request.Incr(KEY, 1, 0)))
                            .toList();
        }
        assertThat(answers).allMatch(CompletableFuture::isDone);
        try (SqliteStore store = open()) {
            assertThat(get(store)).isEqualTo(found("100"));
        }
    }

    @Test
    void an_error_while_expired_keys_are_deleted_does_not_end_the_writer() throws Exception {
        AtomicBoolean isDue = new AtomicBoolean();
        CountDownLatch thrown = new CountDownLatch(1);
        Time failing =
                new Time() {
                    @Override
                    public Instant now() {
                        if (isDue.getAndSet(false)) {
                            thrown.countDown();
                            throw new StackOverflowError("as a test wants it");
                        }
                        return time.now();
                    }

                    @Override
                    public long nanos() {
                        return time.nanos();
                    }

                    @Override
                    public Alarm after(Duration delay, Runnable action) {
                        return time.after(delay, action);
                    }
                };
        try (SqliteStore store =
                new SqliteStore(
                        new SqliteSettings(
                                folder.resolve("kv.db"), PATIENCE, PAUSE, Duration.ofMinutes(1)),
                        failing)) {
            assertThat(ask(store, set("1"))).isEqualTo(YES);
            isDue.set(true);
            time.leap(Duration.ofMinutes(1));
            assertThat(thrown.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(ask(store, set("2"))).isEqualTo(YES);
        }
    }
}
