package io.moondial.edr;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.metrics.Counters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {
    private static final String HEADER = "#HEADER|FILENAME=/edr/a.edr|TIME_START=100|HOSTNAME=h\n";
    private static final String ONE = "2021-09-30 05:00:54.079<L-1-00000001>X|TEXT=one\n";
    private static final String TWO = "2021-09-30 05:00:54.080<L-1-00000001>X|TEXT=two\n";

    @TempDir Path folder;
    private final ManualTime time = new ManualTime("1970-01-01T00:03:20Z");

    @Test
    void a_torn_last_line_is_cut_off_and_the_file_is_completed() throws IOException {
        orphan(HEADER + ONE + TWO + "2021-09-30 05:00:54.081<L-1-0000");

        close();

        assertThat(folder.resolve("a.edr.part")).doesNotExist();
        assertThat(folder.resolve("a.edr"))
                .hasContent(
                        HEADER
                                + ONE
                                + TWO
                                + "#FOOTER|TIME_FINISH=200|NUM_EDRS=2|NUM_BYTES="
                                + (HEADER + ONE + TWO).length()
                                + "\n");
    }

    @Test
    void one_from_a_time_that_the_clock_has_not_reached_again_is_not_finished_before_its_start()
            throws IOException {
        orphan(HEADER.replace("TIME_START=100", "TIME_START=5000") + ONE);

        close();

        assertThat(EdrFiles.footer(folder.resolve("a.edr")).timeFinish()).isEqualTo(5000);
    }

    @Test
    void a_file_that_only_lacked_its_name_gets_it() throws IOException {
        String whole = HEADER + ONE + "#FOOTER|TIME_FINISH=150|NUM_EDRS=1|NUM_BYTES=106\n";
        orphan(whole);

        close();

        assertThat(folder.resolve("a.edr")).hasContent(whole);
    }

    @Test
    void a_torn_footer_is_written_again() throws IOException {
        orphan(HEADER + ONE + "#FOOTER|TIME_FIN");

        close();

        assertThat(EdrFiles.footer(folder.resolve("a.edr")))
                .isEqualTo(new EdrLine.Footer(200, 1, (HEADER + ONE).length(), List.of()));
    }

    @Test
    void one_without_a_whole_record_is_deleted() throws IOException {
        for (var content : List.of("", "#HEAD", HEADER, HEADER + "2021-09-30 05:0")) {
            orphan(content);

            close();

            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void a_complete_file_of_that_name_is_not_overwritten() throws IOException {
        orphan(HEADER + ONE);
        Files.writeString(folder.resolve("a.edr"), "complete");

        close();

        assertThat(folder.resolve("a.edr")).hasContent("complete");
        assertThat(folder.resolve("a.edr.part")).hasContent(HEADER + ONE);
    }

    @Test
    void a_file_that_is_none_of_ours_is_left_alone() throws IOException {
        orphan("something\nelse\n");

        close();

        assertThat(folder.resolve("a.edr.part")).hasContent("something\nelse\n");
    }

    @Test
    void a_file_that_is_locked_is_no_orphan() throws IOException {
        orphan(HEADER + ONE);
        try (var channel =
                        FileChannel.open(folder.resolve("a.edr.part"), StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            close();

            assertThat(lock.isValid()).isTrue();
            assertThat(folder.resolve("a.edr.part")).hasContent(HEADER + ONE);
        }
    }

    @Test
    void one_that_cannot_be_closed_does_not_keep_the_others_from_it() throws IOException {
        Files.createDirectory(folder.resolve("0.edr.part"));
        orphan(HEADER + ONE);

        close();

        assertThat(EdrFiles.texts(folder.resolve("a.edr"))).containsExactly("one");
        assertThat(folder.resolve("0.edr.part")).isDirectory();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @EnabledOnOs(OS.LINUX)
    void what_is_no_plain_file_is_left_alone_and_never_read() throws IOException {
        Files.createSymbolicLink(folder.resolve("0.edr.part"), Path.of("/dev/zero"));
        orphan(HEADER + ONE);

        close();

        assertThat(folder.resolve("0.edr.part")).isSymbolicLink();
        assertThat(EdrFiles.texts(folder.resolve("a.edr"))).containsExactly("one");
    }

    @Test
    void a_large_one_is_closed_whole() throws IOException {
        orphan(HEADER + ONE.repeat(50_000) + "torn");

        close();

        var footer = EdrFiles.footer(folder.resolve("a.edr"));
        assertThat(footer.numEdrs()).isEqualTo(50_000);
        assertThat(footer.numBytes()).isEqualTo(HEADER.length() + 50_000L * ONE.length());
    }

    @Test
    void a_folder_that_is_not_there_has_none() {
        new Orphans(time.clock(), folder.resolve("spill"), new Counters())
                .close(folder.resolve("missing"));

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_disk_that_takes_no_footer_or_a_piece_of_it_only_ends_the_closing() throws IOException {
        orphan(HEADER + ONE);
        var healthy = new FaultyDisk();
        close(healthy.path(folder));
        int write = healthy.calls().indexOf("write a.edr.part");
        assertThat(write).isPositive();
        for (var fault : FaultyDisk.Fault.values()) {
            Files.deleteIfExists(folder.resolve("a.edr"));
            orphan(HEADER + ONE);
            var disk = new FaultyDisk();
            disk.fail(write, Integer.MAX_VALUE, fault, "Input/output error");
            close(disk.path(folder));

            assertThat(folder.resolve("a.edr.part")).as(fault.name()).exists();
            assertThat(disk.openFiles()).isZero();
            close();
            assertThat(EdrFiles.footer(folder.resolve("a.edr")).numEdrs()).isEqualTo(1);
        }
    }

    private void orphan(String content) throws IOException {
        Files.writeString(folder.resolve("a.edr.part"), content);
    }

    private void close() {
        close(folder);
    }

    private void close(Path through) {
        new Orphans(time.clock(), through.resolve("spill"), new Counters()).close(through);
    }
}
