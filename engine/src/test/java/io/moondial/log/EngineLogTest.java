package io.moondial.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import io.moondial.config.WrittenSettings;
import io.moondial.edr.SmallDisk;
import io.moondial.log.EngineLog.LogSettings;
import io.moondial.metrics.Counters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where log lines go: real files, and disks that fail. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineLogTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String FILL = "x".repeat(1_000);

    @TempDir Path folder;

    private final LoggerContext loggers = new LoggerContext();
    private final Logger log = loggers.getLogger("link");
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Counters counters = new Counters();

    @BeforeEach
    void configure() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(loggers);
        configurator.doConfigure(EngineLogTest.class.getResourceAsStream("/logback.xml"));
    }

    private static LogSettings settings(String... keys) {
        return WrittenSettings.settings(LogSettings.class, keys);
    }

    private EngineLog open(OutputStream standardError, String... keys) throws IOException {
        EngineLog opened = new EngineLog(loggers, settings(keys), standardError);
        opened.countIn(counters);
        return opened;
    }

    private EngineLog open(String... keys) throws IOException {
        return open(err, keys);
    }

    private static String to(Path file) {
        return "file: " + file;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitLine(Path file, String end) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lines(file)).anyMatch(it -> it.endsWith(end)));
    }

    private void awaitErr(String words) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(err.toString(UTF_8)).contains(words));
    }

    private long lost() {
        return counters.value(EngineLog.LOST);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(it -> it.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void lines_go_to_the_standard_error_and_all_are_there_at_the_end() throws Exception {
        try (EngineLog _ = open()) {
            for (int i = 0; i < 1_000; i++) {
                log.info("line {}", i);
            }
        }
        assertThat(err.toString(UTF_8).lines())
                .hasSize(1_000)
                .last()
                .asString()
                .endsWith("Z INFO  link line 999");
        assertThat(lost()).isZero();
    }

    @Test
    void lines_go_to_a_file_that_only_its_owner_and_his_group_can_read() throws Exception {
        Path file = folder.resolve("new/log/moondial.log");
        try (EngineLog _ = open(to(file))) {
            log.warn("association {}: down", "a1");
        }
        assertThat(lines(file))
                .singleElement()
                .asString()
                .matches("[-0-9]{10}T[:0-9]{8}\\.[0-9]{3}Z WARN  link association a1: down");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw-")
                .endsWith("---");
        assertThat(err.size()).isZero();
    }

    @Test
    void lines_of_a_start_before_are_kept() throws Exception {
        Path file = folder.resolve("moondial.log");
        Files.writeString(file, "before\n");
        try (EngineLog _ = open(to(file))) {
            log.info("after");
        }
        assertThat(lines(file)).hasSize(2).first().isEqualTo("before");
    }

    @Test
    void a_full_file_is_moved_aside_and_the_oldest_is_removed() throws Exception {
        Path file = folder.resolve("moondial.log");
        for (int old = 1; old <= 5; old++) {
            Files.writeString(folder.resolve("moondial.log." + old), "of a time when 5 were kept");
        }
        try (EngineLog _ = open(to(file), "rotate: 64KiB", "keep: 2")) {
            for (int i = 0; i < 1_000; i++) {
                log.info("{} {}", i, FILL);
            }
        }
        assertThat(names()).containsExactly("moondial.log", "moondial.log.1", "moondial.log.2");
        List<String> kept = new ArrayList<>();
        for (String name : List.of("moondial.log.2", "moondial.log.1", "moondial.log")) {
            assertThat(Files.size(folder.resolve(name))).isLessThanOrEqualTo(64 << 10);
            kept.addAll(lines(folder.resolve(name)));
        }
        List<Integer> numbers =
                kept.stream()
                        .map(it -> it.replaceFirst(".* link ([0-9]+) x+", "$1"))
                        .map(Integer::valueOf)
                        .toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates().last().isEqualTo(999);
        assertThat(numbers.getLast() - numbers.getFirst()).isEqualTo(numbers.size() - 1);
        assertThat(lost()).isZero();
    }

    @Test
    void a_full_file_that_cannot_be_moved_grows_on_and_this_is_said() throws Exception {
        Path file = folder.resolve("moondial.log");
        Files.createDirectories(folder.resolve("moondial.log.1/in/the/way"));
        try (EngineLog _ = open(to(file), "rotate: 64KiB", "keep: 1")) {
            for (int i = 0; i < 200; i++) {
                log.info("{} {}", i, FILL);
            }
        }
        assertThat(lines(file)).hasSize(200);
        assertThat(err.toString(UTF_8))
                .contains(
                        "ERROR log the full log file could not be moved aside and grows on: ",
                        "moondial.log.1: the folder is not empty");
        assertThat(lost()).isZero();
    }

    @Test
    void a_file_that_somebody_moves_or_removes_is_begun_anew_with_its_folder() throws Exception {
        Path file = folder.resolve("log/moondial.log");
        try (EngineLog _ = open(to(file))) {
            log.info("one");
            awaitLine(file, "one");
            Files.move(file, folder.resolve("moved"));
            log.info("two");
            awaitLine(file, "two");
            remove(folder.resolve("log"));
            log.info("three");
            awaitLine(file, "three");
        }
        assertThat(lines(folder.resolve("moved"))).hasSize(1);
        assertThat(lines(file)).hasSize(1);
        assertThat(err.size()).isZero();
        assertThat(lost()).isZero();
    }

    private static void remove(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, IOException e)
                            throws IOException {
                        Files.delete(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    @Test
    void on_a_full_disk_lines_wait_then_are_lost_and_counted_and_all_goes_on_with_room()
            throws Exception {
        try (SmallDisk disk = SmallDisk.of("128k", folder)) {
            Path file = disk.folder().resolve("moondial.log");
            Path other = disk.folder().resolve("other");
            try (EngineLog _ = open(to(file), "max_waiting: 64KiB")) {
                log.info("begin");
                awaitLine(file, "begin");
                fill(other);
                String full =
                        "ERROR log the log cannot be written to " + file + ": the disk is full";
                int sent = 0;
                while (!err.toString(UTF_8).contains(full)) {
                    log.info("{} {}", sent++, FILL);
                }
                for (long faster = lost(); lost() == faster; ) {
                    log.info("{} {}", sent++, FILL);
                }
                assertThat(lines(file))
                        .allMatch(
                                it ->
                                        it.endsWith("begin")
                                                || it.endsWith(FILL)
                                                || it.contains("lost: they came faster than"));
                Files.delete(other);
                awaitErr("the log is written to " + file + " again; ");
                awaitLine(file, " log lines were lost: the disk is full");
                awaitAll(sent, () -> lines(file).stream());
                log.info("end");
                awaitLine(file, "end");
            }
        }
    }

    /** Each line is written or counted as lost. */
    private void awaitAll(long sent, Supplier<Stream<String>> written) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(
                                                written.get()
                                                                .filter(it -> it.endsWith(FILL))
                                                                .count()
                                                        + lost())
                                        .isEqualTo(sent));
    }

    private static void fill(Path file) throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    @Test
    void whoever_logs_waits_for_nobody_who_does_not_read() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        OutputStream stalled =
                new OutputStream() {
                    @Override
                    public void write(int octet) {
                        throw new AssertionError("octet by octet");
                    }

                    @Override
                    public void write(byte[] octets, int from, int length) {
                        try {
                            read.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        err.write(octets, from, length);
                    }
                };
        try (EngineLog _ = open(stalled, "max_waiting: 64KiB")) {
            for (int i = 0; i < 10_000; i++) {
                log.info("{} {}", i, FILL); // returns though nothing is written
            }
            assertThat(lost()).isGreaterThan(9_000);
            read.countDown();
            awaitErr(" log lines were lost: they came faster than the standard error took them");
            awaitAll(10_000, () -> err.toString(UTF_8).lines());
        }
    }

    @Test
    void an_end_waits_a_few_seconds_for_whoever_does_not_read_and_no_longer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        OutputStream stalled =
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                };
        EngineLog opened = open(stalled);
        log.info("one");
        opened.close(); // the test has a time limit
        never.countDown();
    }

    @Test
    void a_change_of_level_format_and_file_is_in_use_at_once() throws Exception {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        try (EngineLog opened = open(to(first))) {
            log.debug("too fine");
            log.info("one");
            awaitLine(first, "one");
            opened.change(settings(to(first), "format: json", "level: debug"));
            log.debug("two");
            awaitLine(first, "\"level\":\"debug\",\"logger\":\"link\",\"text\":\"two\"}");
            opened.change(settings(to(second), "format: json"));
            log.info("three");
            awaitLine(second, "\"text\":\"three\"}");
            opened.change(settings());
            log.info("four");
            awaitErr("INFO  link four\n");
        }
        assertThat(lines(first)).hasSize(2);
        assertThat(lines(second)).hasSize(1);
    }

    @Test
    void a_file_that_cannot_be_opened_is_refused_and_all_is_as_before() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("moondial.log");
        assertThatThrownBy(() -> open(to(file))).isInstanceOf(IOException.class);
        assertThat(loggers.getLogger("ROOT").getAppender("STDERR")).isNotNull();
        assertThatThrownBy(() -> open(to(folder))).hasMessageContaining("it is not a plain file");
    }

    @Test
    void a_reload_that_names_such_a_file_leaves_the_log_where_it_is_until_one_can_be_opened()
            throws Exception {
        Path good = folder.resolve("good");
        Path blocked = folder.resolve("blocked");
        Path bad = Files.writeString(blocked, "").resolve("moondial.log");
        try (EngineLog opened = open(to(good))) {
            opened.change(settings(to(bad), "level: debug"));
            log.debug("still here");
            awaitLine(good, "still here");
            assertThat(lines(good))
                    .anyMatch(
                            it ->
                                    it.contains(
                                            "ERROR log the log file "
                                                    + bad
                                                    + " cannot be opened: "));
            Files.delete(blocked);
            opened.change(settings(to(bad), "level: debug"));
            log.debug("now there");
            awaitLine(bad, "now there");
        }
    }
}
