package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full, in the middle of a record. */
@EnabledOnOs(OS.LINUX)
class DiskFullTest {
    private static final Duration RETRY = Duration.ofSeconds(15);
    private static final int RECORDS = 1000;

    @TempDir Path mountPoint;
    private final ManualTime time = new ManualTime("2021-03-22T00:54:41Z");
    private final Counters counters = new Counters();
    private final Inbox inbox = new Inbox(RECORDS, false);
    private SmallDisk disk;
    private Path folder;
    private StreamWriter writer;

    @BeforeEach
    void mount() throws IOException {
        disk = SmallDisk.of("128k", mountPoint);
        folder = disk.folder().resolve("edr");
        Files.write(disk.folder().resolve("ballast"), new byte[96 * 1024]);
        var settings =
                WrittenSettings.settings(
                        EdrSettings.class,
                        "retry_interval: " + RETRY.toMillis() + "ms",
                        "max_backlog: " + RECORDS,
                        "spill_directory: " + disk.folder().resolve("spill"),
                        "directory: " + folder,
                        "max_file_edrs: 10000",
                        "max_file_time: 1h",
                        "max_flush_edrs: 7");
        writer = new StreamWriter("ussd", settings, time.clock(), "host", 1, inbox, counters);
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    @Test
    void records_wait_while_the_disk_is_full_and_all_are_written_once_in_order_afterwards()
            throws IOException {
        workOff();

        var full = writer.status();
        assertThat(Objects.requireNonNull(full.failure()).why()).contains("the disk is full");
        assertThat(full.backlog()).isPositive();
        assertThat(full.written() + full.backlog()).isEqualTo(RECORDS);
        assertThat(full.written()).isPositive();

        var part = Objects.requireNonNull(full.file());
        assertThat(EdrFiles.texts(part)).isEqualTo(numbers((int) full.written()));

        makeRoom();
        time.pass(RETRY);
        writer.work();
        writer.finish();

        assertThat(writer.status().failure()).isNull();
        assertThat(EdrFiles.texts(folder, ".edr")).isEqualTo(numbers(RECORDS));
        var file = EdrFiles.complete(folder).getFirst();
        var footer = EdrFiles.footer(file);
        assertThat(footer.numEdrs()).isEqualTo(RECORDS);
        assertThat(Files.readString(file).indexOf("#FOOTER")).isEqualTo(footer.numBytes());
    }

    @Test
    void a_disk_that_stays_full_is_tried_again_and_again_without_writing_anything_twice() {
        workOff();
        for (int attempt = 0; attempt < 5; attempt++) {
            writer.work();
            time.pass(RETRY);
        }

        var full = writer.status();
        assertThat(full.written() + full.backlog()).isEqualTo(RECORDS);
        assertThat(EdrFiles.texts(Objects.requireNonNull(full.file())))
                .isEqualTo(numbers((int) full.written()));
    }

    @Test
    void of_a_batch_that_fits_only_in_part_nothing_is_written_twice() throws IOException {
        var texts = numbers(10).stream().map(number -> number + "x".repeat(10 * 1024)).toList();
        texts.forEach(this::add);
        writer.work();
        assertThat(writer.status().failure()).isNotNull();
        assertThat(EdrFiles.texts(Objects.requireNonNull(writer.status().file()))).isEmpty();

        makeRoom();
        time.pass(RETRY);
        writer.work();
        writer.finish();
        assertThat(EdrFiles.texts(folder, ".edr")).isEqualTo(texts);
    }

    @Test
    void a_stop_with_the_disk_full_counts_what_is_lost_and_the_next_start_closes_the_file()
            throws IOException {
        workOff();
        writer.finish();

        var stopped = writer.status();
        assertThat(stopped.written() + stopped.dropped()).isEqualTo(RECORDS);
        assertThat(stopped.dropped()).isPositive();

        makeRoom();
        new Orphans(time.clock(), folder.resolve("spill"), counters).close(folder);

        assertThat(EdrFiles.texts(folder, ".edr")).isEqualTo(numbers((int) stopped.written()));
        assertThat(EdrFiles.inProgress(folder)).isEmpty();
    }

    /** Hands the records over a few at a time, so that some are written before the disk is full. */
    private void workOff() {
        var numbers = numbers(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            add(numbers.get(i));
            if (i % 50 == 0) {
                writer.work();
            }
        }
        writer.work();
    }

    private void add(String text) {
        inbox.add(Edr.builder(time.now(), "Logic-1-00000001", "X").text("TEXT", text).build());
    }

    private void makeRoom() throws IOException {
        var root = Objects.requireNonNull(folder.getParent());
        Files.delete(root.resolve("ballast"));
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
