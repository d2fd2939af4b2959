package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class StreamWriterTest {
    private static final int LIMIT = 20;
    private static final Duration RETRY = Duration.ofSeconds(15);

    @TempDir Path root;
    private final ManualTime time = new ManualTime("2021-03-22T00:54:41.924721800Z");
    private final Counters counters = new Counters();
    private final Inbox inbox = new Inbox(LIMIT, true);

    @Test
    void no_file_is_opened_before_the_first_record() {
        var writer = writer(settings());

        writer.work();
        writer.finish();

        assertThat(folder()).doesNotExist();
    }

    @Test
    void the_first_record_opens_a_file_with_its_header_in_a_folder_that_is_made() throws Exception {
        var writer = writer(settings());

        add("one");
        writer.work();

        var part = folder().resolve("ussd_candy-floss_20210322005441924721_131977.edr.part");
        assertThat(part)
                .hasContent(
                        "#HEADER|FILENAME="
                                + folder()
                                + "/ussd_candy-floss_20210322005441924721_131977.edr"
                                + "|TIME_START=1616374481|HOSTNAME=candy floss");
        assertThat(status(writer).file()).isEqualTo(part);
        assertThat(status(writer).backlog()).isOne();
    }

    @Test
    void a_complete_file_has_header_records_footer_and_its_final_name() throws Exception {
        var writer = writer(settings());

        add("one");
        writer.work();
        add("two");
        time.pass(Duration.ofSeconds(2));
        writer.finish();

        assertThat(EdrFiles.inProgress(folder())).isEmpty();
        var file = folder().resolve("ussd_candy-floss_20210322005441924721_131977.edr");
        String content = Files.readString(file);
        assertThat(EdrFiles.header(file).filename()).isEqualTo(file.toString());
        assertThat(EdrFiles.texts(file)).containsExactly("one", "two");
        assertThat(EdrFiles.footer(file))
                .isEqualTo(
                        new EdrLine.Footer(1616374483L, 2, content.indexOf("#FOOTER"), List.of()));
        assertThat(content).endsWith("\n");
    }

    @Test
    void records_are_flushed_once_there_are_enough() {
        var writer = writer(settings());

        add("1", "2");
        writer.work();
        assertThat(EdrFiles.texts(folder(), ".part")).isEmpty();
        add("3");
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".part")).containsExactly("1", "2", "3");
        assertThat(status(writer).written()).isEqualTo(3);
        assertThat(status(writer).backlog()).isZero();
    }

    @Test
    void records_are_flushed_once_the_oldest_has_waited_long_enough() {
        var writer = writer(settings());

        add("1");
        assertThat(writer.work()).isEqualTo(Duration.ofSeconds(10).toNanos());
        time.pass(Duration.ofSeconds(9));
        add("2");
        assertThat(writer.work()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(EdrFiles.texts(folder(), ".part")).isEmpty();
        time.pass(Duration.ofSeconds(1));
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".part")).containsExactly("1", "2");
    }

    @Test
    void records_that_came_while_the_writer_slept_go_out_with_the_oldest() {
        var writer = writer(settings());

        add("1");
        writer.work();
        time.pass(Duration.ofMillis(1));
        add("2");
        time.pass(Duration.ofSeconds(10));
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".part")).containsExactly("1", "2");
    }

    @Test
    void a_file_is_complete_once_it_holds_enough_and_none_is_opened_without_a_record() {
        var writer = writer(settings());

        add("1", "2", "3", "4", "5");
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3", "4", "5");
        assertThat(EdrFiles.inProgress(folder())).isEmpty();
        add("6");
        writer.work();
        assertThat(EdrFiles.inProgress(folder())).hasSize(1);
    }

    @Test
    void many_records_at_once_are_cut_into_files_of_the_right_size_in_order() {
        var writer = writer(settings());

        for (int i = 10; i < 22; i++) {
            add("" + i);
        }
        writer.work();
        writer.finish();

        assertThat(EdrFiles.complete(folder()))
                .extracting(file -> EdrFiles.footer(file).numEdrs())
                .containsExactly(5L, 5L, 2L);
        assertThat(EdrFiles.texts(folder(), ".edr"))
                .containsExactly(
                        "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21");
    }

    @Test
    void a_file_is_complete_once_it_has_been_open_long_enough() {
        var writer = writer(settings());

        add("1");
        writer.work();
        time.pass(Duration.ofMinutes(5));
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1");
        assertThat(status(writer).file()).isNull();
    }

    @Test
    void a_wall_clock_that_jumps_moves_no_limit() {
        var writer = writer(settings());

        add("1");
        writer.work();
        time.jump(Duration.ofDays(365));
        writer.work();
        assertThat(EdrFiles.texts(folder(), ".part")).isEmpty();
        time.jump(Duration.ofDays(-700));
        time.pass(Duration.ofSeconds(10));
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".part")).containsExactly("1");
    }

    @Test
    void a_wall_clock_that_goes_back_gives_later_names_and_no_footer_before_its_header() {
        var writer = writer(settings());

        for (int file = 0; file < 4; file++) {
            add("a" + file, "b" + file, "c" + file, "d" + file, "e" + file);
            writer.work();
            time.jump(Duration.ofHours(-1));
        }

        assertThat(EdrFiles.complete(folder())).hasSize(4);
        assertThat(EdrFiles.texts(folder(), ".edr"))
                .filteredOn(text -> text.startsWith("a"))
                .containsExactly("a0", "a1", "a2", "a3");
        assertThat(EdrFiles.complete(folder()))
                .allSatisfy(
                        file ->
                                assertThat(EdrFiles.footer(file).timeFinish())
                                        .isGreaterThanOrEqualTo(EdrFiles.header(file).timeStart()));
    }

    @Test
    void a_taken_name_is_passed_over_and_nothing_is_overwritten() throws IOException {
        Files.createDirectories(folder());
        var complete = folder().resolve("ussd_candy-floss_20210322005441924721_131977.edr");
        var part = folder().resolve("ussd_candy-floss_20210322005441924722_131977.edr.part");
        Files.writeString(complete, "theirs");
        Files.writeString(part, "theirs");
        var writer = writer(settings());

        add("mine");
        writer.work();
        writer.finish();

        assertThat(complete).hasContent("theirs");
        assertThat(part).hasContent("theirs");
        var mine = folder().resolve("ussd_candy-floss_20210322005441924723_131977.edr");
        assertThat(EdrFiles.texts(mine)).containsExactly("mine");
    }

    @Test
    void a_file_where_the_folder_should_be_keeps_the_records_in_memory_until_it_is_gone()
            throws IOException {
        Files.writeString(folder(), "in the way");
        var writer = writer(settings());

        add("1", "2", "3", "4");
        long wait = writer.work();

        assertThat(wait).isEqualTo(RETRY.toNanos());
        var failing = status(writer);
        assertThat(failing.backlog()).isEqualTo(4);
        assertThat(failing.written()).isZero();
        assertThat(Objects.requireNonNull(failing.failure()).since()).isEqualTo(time.now());
        assertThat(failing.failure().why()).isEqualTo(folder() + ": it is a file, not a folder");

        Files.delete(folder());
        time.pass(RETRY.minusNanos(1));
        writer.work();
        assertThat(folder()).doesNotExist();
        time.pass(Duration.ofNanos(1));
        writer.work();

        assertThat(status(writer).failure()).isNull();
        writer.finish();
        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3", "4");
    }

    @Test
    void the_time_of_the_first_failure_stays_while_attempts_go_on() throws IOException {
        Files.writeString(folder(), "in the way");
        var writer = writer(settings());
        var first = time.now();

        add("1");
        writer.work();
        time.pass(RETRY);
        writer.work();

        assertThat(Objects.requireNonNull(status(writer).failure()).since()).isEqualTo(first);
        assertThat(status(writer).failures()).isEqualTo(2);
        assertThat(counters.value("edr.failures")).isEqualTo(2);
    }

    @Test
    void a_full_backlog_drops_and_counts_what_comes_then() throws IOException {
        Files.writeString(folder(), "in the way");
        var writer = writer(settings());

        for (int i = 0; i < LIMIT + 5; i++) {
            add("" + i);
            writer.work();
        }

        assertThat(inbox.hasRoom()).isFalse();
        assertThat(status(writer).backlog()).isEqualTo(LIMIT);
        assertThat(status(writer).limit()).isEqualTo(LIMIT);
        assertThat(status(writer).dropped()).isEqualTo(5);
        Files.delete(folder());
        writer.finish();
        assertThat(EdrFiles.texts(folder(), ".edr")).hasSize(LIMIT);
        assertThat(counters.value("edr.dropped")).isEqualTo(5);
    }

    @Test
    void what_neither_the_disk_nor_the_spill_folder_takes_at_the_stop_is_counted_as_lost()
            throws IOException {
        Files.writeString(folder(), "in the way");
        Files.writeString(root.resolve("spill"), "in the way");
        var writer = writer(settings());

        add("1", "2");
        writer.finish();

        assertThat(status(writer).dropped()).isEqualTo(2);
        assertThat(counters.value("edr.dropped")).isEqualTo(2);
        assertThat(status(writer).backlog()).isZero();
    }

    @Test
    void what_a_refusing_disk_leaves_at_the_stop_is_spilled_into_complete_files()
            throws IOException {
        Files.writeString(folder(), "in the way");
        var writer = writer(settings());

        add("1", "2", "3", "4", "5", "6", "7");
        writer.finish();

        var spilled = EdrFiles.complete(root.resolve("spill"));
        assertThat(spilled)
                .hasSize(2)
                .allSatisfy(file -> assertThat(EdrSpec.builtIn().check(file)).isEmpty());
        assertThat(EdrFiles.texts(root.resolve("spill"), ""))
                .containsExactly("1", "2", "3", "4", "5", "6", "7");
        assertThat(EdrFiles.header(spilled.getFirst()).filename())
                .isEqualTo(folder().resolve(spilled.getFirst().getFileName()).toString());
        assertThat(counters.value("edr.spilled")).isEqualTo(7);
        assertThat(status(writer).dropped()).isZero();
    }

    @Test
    void a_folder_removed_while_running_is_made_again_and_its_open_file_lives_on()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        Files.delete(EdrFiles.inProgress(folder()).getFirst());
        Files.delete(folder());
        add("4");
        writer.work();
        writer.finish();

        assertThat(EdrFiles.inProgress(folder())).isEmpty();
        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3", "4");
        assertThat(EdrFiles.footer(EdrFiles.complete(folder()).getFirst()).numEdrs()).isEqualTo(4);
        assertThat(status(writer).written()).isEqualTo(4);
    }

    @Test
    void a_folder_replaced_by_a_file_keeps_everything_until_the_folder_can_be_made()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        Files.delete(EdrFiles.inProgress(folder()).getFirst());
        Files.delete(folder());
        Files.writeString(folder(), "in the way");
        add("4", "5", "6");
        writer.work();
        assertThat(status(writer).backlog()).isEqualTo(3);
        assertThat(status(writer).failure()).isNotNull();

        Files.delete(folder());
        time.pass(RETRY);
        writer.work();
        writer.finish();

        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(status(writer).written()).isEqualTo(6);
    }

    @Test
    void a_file_deleted_under_the_writer_is_written_anew_with_all_its_records() throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        Files.delete(EdrFiles.inProgress(folder()).getFirst());
        add("4", "5");
        writer.work();

        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void a_file_moved_away_keeps_its_records_and_none_of_them_is_written_twice()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        var collected = root.resolve("collected.edr.part");
        Files.move(EdrFiles.inProgress(folder()).getFirst(), collected);
        add("4", "5", "6");
        writer.work();
        writer.finish();

        assertThat(EdrFiles.texts(collected)).containsExactly("1", "2", "3");
        assertThat(EdrFiles.footer(collected).numEdrs()).isEqualTo(3);
        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("4", "5", "6");
    }

    @Test
    void a_file_moved_away_before_its_first_records_has_none_and_is_as_specified()
            throws IOException {
        var writer = writer(settings());
        add("1");
        writer.work();

        var collected = root.resolve("collected.edr");
        Files.move(EdrFiles.inProgress(folder()).getFirst(), collected);
        writer.finish();

        assertThat(EdrFiles.footer(collected).numEdrs()).isZero();
        assertThat(EdrSpec.builtIn().check(collected)).isEmpty();
        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1");
    }

    @Test
    void a_file_moved_away_before_the_stop_is_closed_where_it_is() throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        var collected = root.resolve("collected.edr.part");
        Files.move(EdrFiles.inProgress(folder()).getFirst(), collected);
        writer.finish();

        assertThat(EdrFiles.footer(collected).numEdrs()).isEqualTo(3);
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void a_file_deleted_before_the_stop_is_written_anew() throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        Files.delete(EdrFiles.inProgress(folder()).getFirst());
        writer.finish();

        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3");
    }

    @Test
    void of_a_file_that_was_cut_and_deleted_the_records_are_lost_and_no_others()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        var file = EdrFiles.inProgress(folder()).getFirst();
        cut(file, 10);
        Files.delete(file);
        add("4", "5", "6");
        writer.work();
        writer.finish();

        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("4", "5", "6");
    }

    @Test
    void a_file_cut_under_the_writer_is_completed_with_what_is_left_and_the_loss_is_counted()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        var cut = EdrFiles.inProgress(folder()).getFirst();
        cut(cut, Files.size(cut) - 5);
        add("4", "5", "6");
        writer.work();
        writer.finish();

        var files = EdrFiles.complete(folder());
        assertThat(files).hasSize(2);
        assertThat(EdrFiles.texts(files.getFirst())).containsExactly("1", "2");
        assertThat(EdrFiles.footer(files.getFirst()).numEdrs()).isEqualTo(2);
        assertThat(EdrFiles.texts(files.getLast())).containsExactly("4", "5", "6");
        assertThat(files).allSatisfy(file -> assertThat(EdrSpec.builtIn().check(file)).isEmpty());
        assertThat(status(writer).lost()).isOne();
        assertThat(counters.value("edr.lost")).isOne();
    }

    @Test
    void of_a_file_that_somebody_emptied_nothing_is_left_and_a_new_one_is_begun()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        cut(EdrFiles.inProgress(folder()).getFirst(), 0);
        writer.finish();
        add("4");
        writer.finish();

        assertThat(EdrFiles.texts(folder(), "")).containsExactly("4");
        assertThat(status(writer).lost()).isEqualTo(3);
    }

    @Test
    void what_somebody_adds_to_the_file_in_progress_is_not_in_the_complete_one()
            throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        var file = EdrFiles.inProgress(folder()).getFirst();
        Files.writeString(file, "rubbish of some length\n".repeat(9), StandardOpenOption.APPEND);
        add("4");
        writer.finish();

        var complete = EdrFiles.complete(folder()).getFirst();
        assertThat(EdrFiles.texts(complete)).containsExactly("1", "2", "3", "4");
        assertThat(EdrSpec.builtIn().check(complete)).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void where_the_folder_is_a_link_that_is_turned_the_open_file_is_completed_where_it_is()
            throws IOException {
        var before = Files.createDirectory(root.resolve("before"));
        var after = Files.createDirectory(root.resolve("after"));
        Files.createSymbolicLink(folder(), before);
        var writer = writer(settings());
        add("1", "2", "3");
        writer.work();

        Files.delete(folder());
        Files.createSymbolicLink(folder(), after);
        add("4", "5", "6");
        writer.work();
        writer.finish();

        assertThat(EdrFiles.inProgress(before)).isEmpty();
        assertThat(EdrFiles.texts(before, ".edr")).containsExactly("1", "2", "3");
        assertThat(EdrFiles.texts(after, ".edr")).containsExactly("4", "5", "6");
        assertThat(EdrSpec.builtIn().check(EdrFiles.complete(before).getFirst())).isEmpty();
    }

    @Test
    void what_was_handed_over_is_what_was_written_waits_or_was_dropped() throws IOException {
        var writer = writer(settings());
        add("1", "2", "3", "4");
        writer.work();
        Files.move(folder(), root.resolve("elsewhere"));
        Files.writeString(folder(), "in the way");
        for (int i = 0; i < LIMIT + 5; i++) {
            add("" + i);
        }
        writer.work();

        var status = status(writer);
        assertThat(status.dropped()).isEqualTo(5);
        assertThat(status.handedOver())
                .isEqualTo(4 + LIMIT + 5)
                .isEqualTo(status.written() + status.backlog() + status.dropped());
    }

    private static void cut(Path file, long size) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    @Test
    void a_writer_without_the_memory_even_to_tell_of_it_tries_again() throws IOException {
        var writer = writer(settings());
        add("1", "2", "3");
        time.fail(new OutOfMemoryError("as the test wants it"));
        writer.work();
        assertThat(Objects.requireNonNull(writer.status().failure()).why())
                .isEqualTo("the memory is used up");
        assertThat(writer.status().backlog()).isEqualTo(3);

        time.fail(null);
        time.pass(RETRY);
        writer.work();
        assertThat(writer.status().failure()).isNull();
        writer.finish();
        assertThat(EdrFiles.texts(folder(), ".edr")).containsExactly("1", "2", "3");
    }

    @Test
    void a_durable_stream_forces_the_file_to_the_disk_with_each_flush() throws IOException {
        assertThat(forces(true)).containsExactly("edr", "part", "part", "part", "edr");
        assertThat(forces(false)).isEmpty();
    }

    /**
     * What was forced to the disk in two flushes and the completion, as the JDK records it: the
     * folder ({@code edr}) for the names in it, the file ({@code part}) for its content.
     */
    private List<String> forces(boolean durable) throws IOException {
        var writer =
                writer(
                        WrittenSettings.changed(
                                settings(), "max_flush_edrs: 1", "durable: " + durable));
        var file = root.resolve("forces.jfr");
        try (var recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            add("1");
            writer.work();
            add("2");
            writer.work();
            writer.finish();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .map(event -> event.getString("path"))
                .filter(path -> path.startsWith(folder().toString()))
                .map(
                        path ->
                                path.equals(folder().toString())
                                        ? "edr"
                                        : path.substring(path.lastIndexOf('.') + 1))
                .toList();
    }

    private Path folder() {
        return root.resolve("edr");
    }

    private void add(String... texts) {
        for (var text : texts) {
            inbox.add(Edr.builder(time.now(), "Logic-1-00000001", "X").text("TEXT", text).build());
        }
    }

    private static StreamStatus status(StreamWriter writer) {
        return writer.status();
    }

    private EdrSettings.StreamSettings settings() {
        return WrittenSettings.settings(
                EdrSettings.StreamSettings.class,
                "directory: " + folder(),
                "max_file_edrs: 5",
                "max_flush_edrs: 3");
    }

    private StreamWriter writer(EdrSettings.StreamSettings stream) {
        var settings =
                WrittenSettings.with(
                        WrittenSettings.settings(
                                EdrSettings.class,
                                "retry_interval: " + RETRY.toMillis() + "ms",
                                "max_backlog: " + LIMIT,
                                "when_full: drop_records",
                                "spill_directory: " + root.resolve("spill")),
                        "defaults",
                        stream);
        return new StreamWriter(
                "ussd", settings, time.clock(), "candy floss", 131977, inbox, counters);
    }
}
