package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewCommandTest {
    private static final Path STARTER =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/src/main/resources/io/moondial/cli/starter");

    @TempDir Path folder;
    Path service;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void name() {
        service = folder.resolve("my services/shop");
    }

    private int ussd(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return InProcess.ussd(out, err, arguments);
    }

    private String rules() {
        return service.resolve("rules.yaml").toString();
    }

    private static List<Path> files(Path under) throws IOException {
        try (Stream<Path> all = Files.walk(under)) {
            return all.filter(Files::isRegularFile).map(under::relativize).sorted().toList();
        }
    }

    @Test
    void the_service_passes_check_without_a_warning_and_its_own_tests() {
        assertThat(ussd("new", service.toString())).isZero();

        assertThat(ussd("check", "--rules", rules())).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(ussd("test", "--rules", rules())).as(out.toString() + err).isZero();
        assertThat(out.toString()).contains("shop.dialog: 14 tests, 14 passed");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void it_can_be_dialled_at_once_with_a_code_of_ones_own() {
        assertThat(ussd("new", service.toString(), "--code", "*384#")).isZero();

        assertThat(ussd("dial", "--rules", rules(), "--msisdn", "1", "*384*1*2#", "1")).isZero();
        assertThat(out.toString()).endsWith("respond Done: 1 GB for KES 99.50.\n");
        assertThat(ussd("test", "--rules", rules())).as(out.toString() + err).isZero();
    }

    @Test
    void it_says_what_it_has_made_and_how_to_go_on() throws Exception {
        ussd("new", service.toString());

        assertThat(files(service)).hasSameSizeAs(files(STARTER));
        for (Path file : files(service)) {
            assertThat(out.toString()).contains("made " + service.resolve(file) + "\n");
        }
        assertThat(out.toString())
                .contains("Test it:   ./ussd test --rules '" + rules() + "'\n")
                .contains("'*100#'\n");
    }

    @Test
    void every_file_of_the_starter_is_made_as_it_is() throws Exception {
        ussd("new", service.toString());

        for (Path file : files(STARTER)) {
            Path made = service.resolve(file.toString().replace("gitignore", ".gitignore"));
            assertThat(made).hasSameTextualContentAs(STARTER.resolve(file));
        }
    }

    @Test
    void a_folder_that_is_not_empty_stays_as_it_is() throws Exception {
        Files.createDirectories(service);
        Files.writeString(service.resolve(".mine"), "x");

        assertThat(ussd("new", service.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .startsWith(
                        "ussd: the folder " + service + " is not empty, and nothing was made: ");
        assertThat(files(service)).containsExactly(Path.of(".mine"));

        Files.delete(service.resolve(".mine"));
        assertThat(ussd("new", service.toString())).as("an empty one").isZero();
    }

    @Test
    void a_file_of_that_name_and_a_bad_code_are_refused() throws Exception {
        Files.createDirectories(service.getParent());
        Files.writeString(service, "mine");

        assertThat(ussd("new", service.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains(service + " is no folder, and nothing was made");
        assertThat(service).hasContent("mine");
        for (String code : List.of("100", "*100", "*1*2#", "*#", "*12345678901#", "*1a#")) {
            assertThat(ussd("new", folder.resolve("x").toString(), "--code", code))
                    .isEqualTo(ExitCode.BAD_INPUT);
            assertThat(err.toString()).contains("--code is '" + code + "': allowed is");
        }
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void what_cannot_be_made_as_a_whole_is_not_made_at_all() throws Exception {
        // a path of at most 4095 octets (Linux): the first files fit, the longer ones do not
        Path deep = folder;
        while (deep.toString().length() < 3800) {
            deep = deep.resolve("d".repeat(200));
        }
        deep = deep.resolve("d".repeat(4075 - deep.toString().length() - 1));
        Files.createDirectories(deep.getParent());

        assertThat(ussd("new", deep.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains(deep.toString());
        assertThat(deep).doesNotExist();
        assertThat(deep.getParent()).isEmptyDirectory();
    }

    @Test
    void a_folder_below_a_file_cannot_be_made() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "mine");

        assertThat(ussd("new", file.resolve("service").toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).startsWith("ussd: " + file + ": ");
        assertThat(file).hasContent("mine");
    }
}
