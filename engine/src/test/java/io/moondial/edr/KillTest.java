package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.moondial.edr.EdrApp.EdrClock;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is left of a process that was killed, and what the next one makes of it. */
class KillTest {
    private static final int ENDLESS = Integer.MAX_VALUE;

    @TempDir Path folder;

    @Test
    void a_kill_in_the_middle_of_load_loses_nothing_that_was_written_out() throws IOException {
        long written;
        try (var child = ChildEngine.start(folder, ENDLESS)) {
            written = child.awaitWritten(130_000);
        }
        assertThat(EdrFiles.inProgress(folder)).hasSizeLessThanOrEqualTo(1);
        assertThat(EdrFiles.complete(folder)).isNotEmpty();

        restart().close();

        assertThat(EdrFiles.inProgress(folder)).isEmpty();
        var texts = EdrFiles.texts(folder, ".edr");
        assertThat(texts).hasSizeGreaterThanOrEqualTo((int) written);
        assertThat(texts).isEqualTo(numbers(texts.size()));
        for (var file : EdrFiles.complete(folder)) {
            assertThat(EdrSpec.builtIn().check(file)).isEmpty();
        }
    }

    @Test
    void a_kill_of_a_writer_that_keeps_up_loses_fewer_records_than_make_a_flush()
            throws IOException {
        int due = 15 * ChildEngine.MAX_FLUSH_EDRS;
        int handedOver = due + ChildEngine.MAX_FLUSH_EDRS - 1;
        long written;
        try (var child = ChildEngine.start(folder, handedOver)) {
            written = child.awaitWritten(due);
        }

        restart().close();

        assertThat(written).isBetween((long) due, (long) handedOver);
        assertThat(EdrFiles.texts(folder, ".edr")).isEqualTo(numbers((int) written));
    }

    @Test
    void the_next_start_says_how_many_records_it_kept() throws IOException {
        try (var child = ChildEngine.start(folder, ChildEngine.MAX_FLUSH_EDRS)) {
            child.awaitWritten(ChildEngine.MAX_FLUSH_EDRS);
        }
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (Logger) LoggerFactory.getLogger(Orphans.class);
        logger.addAppender(log);
        try {
            restart().close();
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(
                        "Closed the orphaned EDR file "
                                + EdrFiles.complete(folder).getFirst()
                                + ": 64 records kept, 0 octets of a torn one cut off");
    }

    @Test
    void a_process_that_lives_keeps_its_file_and_both_write_on_in_one_folder() throws IOException {
        try (var child = ChildEngine.start(folder, ChildEngine.MAX_FLUSH_EDRS)) {
            child.awaitWritten(ChildEngine.MAX_FLUSH_EDRS);
            var theirs = EdrFiles.inProgress(folder);

            try (var app = restart()) {
                app.write("ussd", ChildEngine.record(0));
            }

            assertThat(EdrFiles.inProgress(folder)).isEqualTo(theirs).hasSize(1);
            assertThat(EdrFiles.complete(folder))
                    .singleElement()
                    .satisfies(file -> assertThat(EdrFiles.texts(file)).containsExactly("0"));
        }
    }

    private EdrApp restart() {
        return new EdrApp(
                ChildEngine.settings(folder), EdrClock.system(), "parent", 1, new Counters());
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
