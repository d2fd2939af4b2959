package io.moondial.edr.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.edr.report.EdrInput.RecordSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowerTest {
    private static final String HEADER = Written.HEADER;

    private final List<String> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    @TempDir Path folder;

    @Test
    void a_look_brings_what_has_come_since_the_last_one() throws IOException {
        Path part = Written.text(folder, "a.edr.part", HEADER + line("one"));
        try (var follower = follower(folder)) {
            follower.look();
            assertThat(found).containsExactly("one");

            append(part, line("two") + line("three"));
            follower.look();
            assertThat(found).containsExactly("one", "two", "three");

            follower.look();
            assertThat(found).hasSize(3);
        }
    }

    @Test
    void half_a_line_waits_for_its_other_half() throws IOException {
        String line = line("one");
        Path part = Written.text(folder, "a.edr.part", HEADER + line.substring(0, 40));
        try (var follower = follower(folder)) {
            follower.look();
            assertThat(found).isEmpty();

            append(part, line.substring(40));
            follower.look();
            assertThat(found).containsExactly("one");
        }
    }

    @Test
    void a_file_that_is_completed_and_the_one_after_it_are_read_on_in_their_order()
            throws IOException {
        Path part = Written.text(folder, "a.edr.part", HEADER + line("one"));
        try (var follower = follower(folder)) {
            follower.look();
            append(part, line("two") + Written.footer(2, 0));
            Files.move(part, folder.resolve("a.edr"));
            Written.text(folder, "b.edr.part", HEADER + line("three"));
            follower.look();
            follower.look();
        }

        assertThat(found).containsExactly("one", "two", "three");
        assertThat(problems).isEmpty();
    }

    @Test
    void a_single_file_is_followed_beyond_its_completion() throws IOException {
        Path part = Written.text(folder, "a.edr.part", HEADER + line("one"));
        try (var follower = follower(part)) {
            append(part, Written.footer(1, 0));
            Files.move(part, folder.resolve("a.edr"));
            follower.look();
            follower.look();
        }

        assertThat(found).containsExactly("one");
        assertThat(problems).isEmpty();
    }

    @Test
    void a_line_that_a_killed_writer_left_torn_is_forgotten_once_the_file_is_mended()
            throws IOException {
        String whole = HEADER + line("one");
        Path part = Written.text(folder, "a.edr.part", whole + line("two").substring(0, 60));
        try (var follower = follower(folder)) {
            follower.look();
            Written.app(folder, 10).close();
            assertThat(part).doesNotExist();
            follower.look();
            Written.text(folder, "b.edr.part", HEADER + line("three"));
            follower.look();
        }

        assertThat(found).containsExactly("one", "three");
        assertThat(problems).isEmpty();
    }

    @Test
    void a_file_that_is_moved_away_is_read_to_its_end() throws IOException {
        Path part = Written.text(folder, "a.edr.part", HEADER + line("one"));
        try (var follower = follower(folder)) {
            follower.look();
            append(part, line("two"));
            Files.move(part, folder.resolve("elsewhere"));
            follower.look();
            follower.look();
        }

        assertThat(found).containsExactly("one", "two");
    }

    @Test
    void a_file_that_is_made_anew_under_its_old_name_is_followed_from_its_start()
            throws IOException {
        Path part = Written.text(folder, "a.edr.part", HEADER + line("one"));
        try (var follower = follower(part)) {
            follower.look();
            append(part, line("two"));
            Files.delete(part);
            Written.text(folder, "a.edr.part", HEADER + line("three"));
            follower.look();
            append(part, line("four"));
            follower.look();
        }

        assertThat(found).containsExactly("one", "two", "three", "four");
    }

    @Test
    void a_complete_file_that_is_replaced_is_followed_again() throws IOException {
        Path file = Written.file(folder, "a.edr", line("one"));
        try (var follower = follower(file)) {
            follower.look();
            Path other = Written.file(folder, "other", line("two"));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            follower.look();
            follower.look();
        }

        assertThat(found).containsExactly("one", "two");
    }

    @Test
    void a_file_that_gets_another_name_is_not_read_again() throws IOException {
        Path complete = Written.file(folder, "b.edr", line("one"));
        Path part = Written.text(folder, "d.edr.part", HEADER + line("two"));
        try (var follower = follower(folder)) {
            follower.look();
            Files.move(complete, folder.resolve("c.edr"));
            Files.move(part, folder.resolve("e.edr.part"));
            follower.look();
            append(folder.resolve("e.edr.part"), line("three"));
            follower.look();
        }

        assertThat(found).containsExactly("one", "two", "three");
    }

    @Test
    void a_file_that_is_named_before_it_is_there_is_followed_once_it_is() throws IOException {
        try (var follower = follower(folder.resolve("a.edr"))) {
            follower.look();
            Written.text(folder, "a.edr.part", HEADER + line("one"));
            follower.look();
            follower.look();
        }

        assertThat(found).containsExactly("one");
        assertThat(problems).isEmpty();
    }

    @Test
    void a_line_that_cannot_be_read_is_told_and_the_rest_goes_on() throws IOException {
        Written.text(folder, "a.edr.part", HEADER + "rubbish\n" + line("one"));
        try (var follower = follower(folder)) {
            follower.look();
            follower.look();
        }

        assertThat(found).containsExactly("one");
        assertThat(problems).singleElement().asString().startsWith("a.edr.part:2:1: ");
    }

    @Test
    void what_the_application_writes_over_many_files_comes_once_and_in_order() throws IOException {
        int records = 500;
        try (var follower = follower(folder)) {
            try (var app = Written.app(folder, 7)) {
                for (int i = 0; i < records; i++) {
                    app.write("ussd", Written.edr(line("r" + i)));
                    follower.look();
                }
            }
            await().untilAsserted(
                            () -> {
                                follower.look();
                                assertThat(found).hasSize(records);
                            });
        }

        assertThat(found.getFirst()).isEqualTo("r0");
        assertThat(found.getLast()).isEqualTo("r" + (records - 1));
        assertThat(found).doesNotHaveDuplicates();
        assertThat(problems).isEmpty();
    }

    private Follower follower(Path path) {
        var sink =
                RecordSink.of(
                        record -> found.add(String.valueOf(record.edr().text("TEXT"))),
                        problem -> problems.add(problem.toString().replace(folder + "/", "")));
        return new Follower(new EdrInput(List.of(path), InputStream.nullInputStream()), sink);
    }

    private static String line(String text) {
        return Written.line(0, "USSD-PROCESS-R|TEXT=" + text);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }
}
