package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.moondial.config.WrittenSettings;
import io.moondial.edr.FaultyDisk.Fault;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * A short life of a stream in which each call to the system fails in turn: the calls are counted in
 * a life without a fault, and then there is a life for each of them.
 */
@Tag("long")
class DiskFaultsTest {
    private static final Duration RETRY = Duration.ofSeconds(15);
    private static final int RECORDS = 7;
    private static final int FLUSH = 2;
    private static final List<String> ALL =
            IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList();
    private static final EdrSpec SPEC = EdrSpec.builtIn();

    /** What somebody else does with the file in progress, in the middle. */
    enum Neighbour {
        NONE,
        DELETES,
        MOVES,
        CUTS,
        MOVES_THE_FOLDER
    }

    @TempDir Path root;
    private final Level level = logger().getLevel();

    /** Thousands of lives would fill the log with what each of them is to tell. */
    @BeforeEach
    void beQuiet() {
        logger().setLevel(Level.OFF);
    }

    @AfterEach
    void beHeardAgain() {
        logger().setLevel(level);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(StreamWriter.class.getPackageName());
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, false",
        "NONE, true",
        "DELETES, true",
        "MOVES, true",
        "CUTS, false",
        "MOVES_THE_FOLDER, true"
    })
    void whatever_call_fails_once_every_record_is_in_one_complete_file_or_told_as_lost(
            Neighbour neighbour, boolean durable) throws IOException {
        var calls = new Life("none", neighbour, durable, false).live().calls();
        assertThat(calls).hasSizeGreaterThan(20);
        for (var fault : Fault.values()) {
            for (int call = 0; call < calls.size(); call++) {
                var life = new Life(fault + "-" + call, neighbour, durable, false);
                life.disk.fail(call, call, fault, "Input/output error");
                life.live();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, false",
        "NONE, true",
        "DELETES, true",
        "MOVES, true",
        "MOVES_THE_FOLDER, true"
    })
    void whatever_call_the_disk_fails_from_on_the_same_holds_once_it_is_well_again(
            Neighbour neighbour, boolean durable) throws IOException {
        var calls = new Life("none", neighbour, durable, false).live().calls();
        for (var fault : Fault.values()) {
            for (int call = 0; call < calls.size(); call++) {
                var life = new Life(fault + "-" + call, neighbour, durable, true);
                life.disk.fail(call, Integer.MAX_VALUE, fault, "No space left on device");
                life.live();
                // What may stand in a file that can neither be cut nor read is not spilled.
                assertThat(life.writer.status().dropped()).as(life.name).isLessThanOrEqualTo(FLUSH);
            }
        }
    }

    /** Hands records over, has them written, stops; then the engine starts again. */
    private final class Life {
        private final String name;
        private final Neighbour neighbour;
        private final Path home;
        private final Path folder;
        private final Path old;
        private final FaultyDisk disk = new FaultyDisk();
        private final ManualTime time = new ManualTime("2021-03-22T00:54:41Z");
        private final Counters counters = new Counters();
        private final Inbox inbox = new Inbox(1000, false);
        private final EdrSettings settings;
        private final StreamWriter writer;

        Life(String name, Neighbour neighbour, boolean durable, boolean otherDisk)
                throws IOException {
            this.name = name;
            this.neighbour = neighbour;
            this.home = Files.createTempDirectory(root, name);
            this.folder = home.resolve("edr");
            this.old = home.resolve("old");
            var other = home.resolve("spill");
            var spill = otherDisk ? other : disk.path(other);
            var moved =
                    WrittenSettings.settings(
                                    EdrSettings.class,
                                    "retry_interval: " + RETRY.toMillis() + "ms",
                                    "max_backlog: 1000",
                                    "max_file_edrs: 4",
                                    "max_flush_edrs: " + FLUSH,
                                    "durable: " + durable)
                            .in(disk.path(folder));
            settings = WrittenSettings.with(moved, "spillDirectory", spill);
            writer = new StreamWriter("ussd", settings, time.clock(), "h", 1, inbox, counters);
        }

        FaultyDisk live() throws IOException {
            for (int i = 0; i < RECORDS; i++) {
                inbox.add(
                        Edr.builder(time.now(), "Logic-1-00000001", "X")
                                .text("TEXT", "" + i)
                                .build());
                writer.work();
                time.pass(RETRY.dividedBy(2));
                if (i == RECORDS / 2) {
                    meddle();
                }
            }
            writer.finish();
            assertThat(disk.openFiles()).as("%s: open files", name).isZero();
            startAgain();
            disk.heal();
            startAgain();
            check();
            return disk;
        }

        private void meddle() throws IOException {
            var file = writer.status().file();
            if (file != null && Files.exists(Path.of(file.toString()))) {
                var part = Path.of(file.toString());
                switch (neighbour) {
                    case NONE -> {}
                    case DELETES -> Files.delete(part);
                    case MOVES -> Files.move(part, home.resolve(part.getFileName() + ".moved"));
                    case CUTS -> cut(part, Math.max(0, Files.size(part) - 10));
                    case MOVES_THE_FOLDER -> Files.move(folder, old);
                }
            }
        }

        private static void cut(Path file, long size) throws IOException {
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(size);
            }
        }

        private void startAgain() {
            new EdrApp(settings, time.clock(), "h", 2, counters).close();
            assertThat(disk.openFiles()).as("%s: open files of a start", name).isZero();
        }

        private void check() throws IOException {
            var complete = new ArrayList<>(EdrFiles.complete(folder));
            complete.addAll(EdrFiles.complete(old));
            for (var file : complete) {
                assertThat(SPEC.check(file)).as("%s: %s", name, file).isEmpty();
            }
            // What was moved can be closed only by the one that has it open.
            complete.addAll(EdrFiles.inProgress(old));
            complete.addAll(EdrFiles.named(home, ".moved"));
            var texts = complete.stream().flatMap(file -> EdrFiles.texts(file).stream()).toList();
            assertThat(EdrFiles.inProgress(folder)).as(name).isEmpty();
            assertThat(EdrFiles.named(home.resolve("spill"), "")).as(name).isEmpty();
            assertThat(texts)
                    .as("%s: what is in files", name)
                    .doesNotHaveDuplicates()
                    .isSubsetOf(ALL);
            var status = writer.status();
            assertThat(status.handedOver()).as(name).isEqualTo(RECORDS);
            assertThat(status.written() + status.backlog() + status.dropped())
                    .as("%s: what was handed over", name)
                    .isEqualTo(RECORDS);
            assertThat(texts)
                    .as("%s: what is written", name)
                    .hasSizeGreaterThanOrEqualTo((int) (status.written() - status.lost()));
            assertThat(counters.value("edr.dropped")).as(name).isEqualTo(status.dropped());
            assertThat(counters.value("edr.lost")).as(name).isEqualTo(status.lost());
        }
    }
}
