package io.moondial.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sections as records declare them. */
final class SchemaTest {
    enum Colour {
        RED,
        DARK_BLUE
    }

    record Limits(@Key(value = "So much.", unset = "16MiB", from = "1B", to = "1GiB") long room) {}

    record Stream(
            @Key(value = "Where.", unset = "out") Path folder,
            @Key(value = "How often.", unset = "3", from = "1", to = "9") int times) {}

    record Peer(
            @Key(value = "Its name.", matches = "[a-z]+", allowed = "small letters") String name,
            @Key(value = "Its weight.", from = "1", to = "9") @Nullable Integer weight) {}

    @Settings(value = "Everything.", restart = true)
    record All(
            @Key(value = "How long.", unset = "10s", from = "1ms", to = "1h") Duration maxWait,
            Limits limits,
            @Key(value = "A part.", unset = "85%", from = "10%", to = "100%") int share,
            @Key(value = "A colour.", unset = "dark_blue") Colour colour,
            @Key(value = "Numbers.", unset = "[6, 147]", from = "1", to = "254") List<Integer> ssns,
            Stream usual,
            @Key(
                            value = "Others.",
                            inherits = "usual",
                            matches = "[a-z]+",
                            allowed = "small letters")
                    Map<String, Stream> streams,
            @Key("Peers.") List<Peer> peers,
            @Key("The best of them.") @Nullable Peer best)
            implements Checked {
        @Override
        public void check(Section section) {
            if (share == 13) {
                section.refuse("share", "this is unlucky");
            }
        }
    }

    private static final Schema<All> ALL = Schema.of(All.class);

    @TempDir Path folder;
    private Problems problems;

    @BeforeEach
    void begin() {
        problems = new Problems(folder.resolve("all.yaml"));
    }

    private All read(String text) throws Exception {
        Files.writeString(problems.file(), text);
        Section section =
                new Section(LocatedYaml.read(problems.file(), problems).orElseThrow(), problems);
        All all = ALL.read(section);
        section.refuseUnknownKeys();
        return all;
    }

    private String printed(All all) {
        var yaml = new YamlWriter(folder);
        ALL.print(yaml, all);
        return yaml.toString();
    }

    @Test
    void what_is_left_out_takes_the_declared_default() throws Exception {
        assertThat(read(""))
                .isEqualTo(
                        new All(
                                Duration.ofSeconds(10),
                                new Limits(16 << 20),
                                85,
                                Colour.DARK_BLUE,
                                List.of(6, 147),
                                new Stream(folder.resolve("out"), 3),
                                Map.of(),
                                List.of(),
                                null));
        assertThat(problems.isEmpty()).isTrue();
    }

    @Settings("Of the test.")
    private record Lists(
            @Key(
                            value = "One after the other.",
                            unset = "[1s]",
                            from = "1s",
                            to = "1d",
                            repeats = true)
                    List<Duration> after,
            @Key(value = "Each its own.", unset = "[6]", from = "1", to = "254")
                    List<Integer> ssns) {}

    @Test
    void a_list_has_the_same_value_again_only_where_its_key_says_so() {
        Schema<Lists> schema = Schema.of(Lists.class);
        Lists lists = WrittenSettings.settings(schema, "after: [1s, 1s, 2s, 1s]", "ssns: [6, 7]");
        assertThat(lists.after()).extracting(Duration::toSeconds).containsExactly(1L, 1L, 2L, 1L);
        assertThatThrownBy(() -> WrittenSettings.settings(schema, "ssns: [6, 6]"))
                .hasMessageContaining("ssns: 6 appears twice; remove one");
    }

    @Test
    void what_is_printed_is_in_the_declared_order_and_reads_back() throws Exception {
        String text =
                """
                max_wait: 2m
                room: 1KiB
                share: 10%
                colour: red
                ssns: [8]
                folder: "here"
                times: 5
                streams:
                  a:
                    folder: "there"
                    times: 5
                  b:
                    folder: "here"
                    times: 7
                peers:
                  - {name: "x", weight: 2}
                  - {name: "y"}
                best:
                  name: "x"
                  weight: 1
                """;
        assertThat(printed(read(text))).isEqualTo(text);
        assertThat(
                        printed(
                                read(
                                        text.replace("    folder: \"here\"\n", "")
                                                .replaceFirst("    times: 5\n", ""))))
                .as("a named section takes what it leaves out from the usual one")
                .isEqualTo(text);
        assertThat(problems.isEmpty()).isTrue();
    }

    @Test
    void every_problem_is_told_at_once() throws Exception {
        read(
                """
                max_wiat: 2m
                room: 2GiB
                share: 13%
                colour: blue
                ssns: [1, 300]
                peers: [{weight: 0}]
                """);

        assertThat(problems.inFileOrder())
                .extracting(Problem::message)
                .containsExactly(
                        "unknown key max_wiat; did you mean max_wait?",
                        "room: found 2GiB; allowed is a size with its unit, such as 16MiB (units: B, KiB, MiB, GiB), from 1B to 1GiB",
                        "share: this is unlucky",
                        "colour: found blue; allowed is one of red, dark_blue",
                        "ssns: found 300; allowed is a whole number from 1 to 254",
                        "name is missing; allowed is small letters",
                        "weight: found 0; allowed is a whole number from 1 to 9");
    }

    @Test
    void every_key_is_described_in_the_declared_order() {
        assertThat(ALL.keys())
                .extracting(Schema.Description::name)
                .containsExactly(
                        "max_wait",
                        "room",
                        "share",
                        "colour",
                        "ssns",
                        "folder",
                        "times",
                        "streams",
                        "peers",
                        "best");
        assertThat(ALL.keys().getLast().keys())
                .extracting(Schema.Description::required)
                .containsExactly(true, false);
        assertThat(ALL.waitsForRestart()).isTrue();
    }

    record Wrong(@Key(value = "One.", example = "10", from = "1", to = "9") int one) {}

    @Test
    void an_example_that_is_not_allowed_is_refused_at_once() {
        assertThatThrownBy(() -> Schema.of(Wrong.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("one cannot be 10 by itself");
    }

    record Lost(@Key("Nowhere.") Path file1) {}

    record Found(@Key("Perhaps.") @Nullable Path ca) {}

    @Test
    void a_path_has_a_default_or_may_be_null() {
        assertThatThrownBy(() -> Schema.of(Lost.class))
                .hasMessage("a path needs a default, or may be null: file1");
        assertThat(WrittenSettings.settings(Found.class).ca()).isNull();
        assertThat(WrittenSettings.settings(Found.class, "ca: /pki/ca.pem").ca())
                .isEqualTo(Path.of("/pki/ca.pem"));
    }

    @Test
    void what_is_left_out_can_be_as_it_is_elsewhere() throws Exception {
        All other = read("{share: 20%, best: {name: a}}");

        Files.writeString(problems.file(), "max_wait: 5s");
        var section =
                new Section(LocatedYaml.read(problems.file(), problems).orElseThrow(), problems);
        All over = ALL.readOver(section, other);

        assertThat(over.maxWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(over.share()).isEqualTo(20);
        assertThat(over.best()).isEqualTo(new Peer("a", null));
    }

    record Undeclared(int number) {}

    record OutOfRange(@Key(value = "x", unset = "20", from = "1", to = "9") int number) {}

    record NoUnit(@Key(value = "x", unset = "1s", from = "1", to = "9s") Duration time) {}

    @Test
    void a_declaration_that_contradicts_itself_is_refused() {
        for (Class<? extends Record> wrong :
                List.of(Undeclared.class, OutOfRange.class, NoUnit.class)) {
            assertThatThrownBy(() -> Schema.of(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
