package io.moondial.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.file.PipesAndDevices;
import io.moondial.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that settings name and do not contain. */
final class SecretTest {
    record Login(@Key("Who.") String user, @Key("The proof.") Secret password) {}

    record Maybe(@Key("The proof.") @Nullable Secret token) {}

    @TempDir Path folder;

    private Problems problems = new Problems(Path.of("none"));

    private <R extends Record> R read(Class<R> type, String text) throws Exception {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        problems = new Problems(file);
        Section section = new Section(LocatedYaml.read(file, problems).orElseThrow(), problems);
        R settings = Schema.of(type).read(section);
        section.refuseUnknownKeys();
        return settings;
    }

    private List<String> found() {
        return problems.inFileOrder().stream().map(Problem::toString).map(this::here).toList();
    }

    private List<String> warned() {
        return problems.warnings().stream().map(Problem::toString).map(this::here).toList();
    }

    private String here(String text) {
        return text.replace(folder + "/", "");
    }

    private void write(String name, String text, String permissions) throws Exception {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void the_file_of_a_secret_is_read_without_the_end_of_its_line() throws Exception {
        write("pin", "s3cret \n", "rw-r-----");
        Login login = read(Login.class, "{user: ussd, password: {file: pin}}");
        assertThat(login.password().text()).isEqualTo("s3cret ");
        assertThat(found()).isEmpty();
        assertThat(warned()).isEmpty();
    }

    @Test
    void a_secret_shows_its_reference_only() throws Exception {
        write("pin", "s3cret", "rw-------");
        Login login = read(Login.class, "{user: ussd, password: {file: pin}}");
        assertThat(login.toString()).contains("password={file: \"pin\"}").doesNotContain("s3cret");
        var yaml = new YamlWriter(folder);
        Schema.of(Login.class).print(yaml, login);
        assertThat(yaml.toString()).isEqualTo("user: \"ussd\"\npassword: {file: \"pin\"}\n");
    }

    @Test
    void another_value_in_the_same_file_is_another_setting() throws Exception {
        write("pin", "one", "rw-------");
        Login one = read(Login.class, "{user: ussd, password: {file: pin}}");
        assertThat(read(Login.class, "{user: ussd, password: {file: pin}}")).isEqualTo(one);
        write("pin", "two", "rw-------");
        assertThat(read(Login.class, "{user: ussd, password: {file: pin}}")).isNotEqualTo(one);
    }

    @Test
    void a_secret_that_is_not_there_is_missed_by_engines_and_not_by_tests() throws Exception {
        Login login = read(Login.class, "user: ussd\npassword: {file: none}\n");
        assertThat(found()).isEmpty();
        assertThat(warned()).containsExactly("x.yaml:2:18: file: none: there is no such file");
        assertThat(problems.warnings().getFirst().severity()).isEqualTo(Problem.Severity.ABSENCE);
        assertThatThrownBy(login.password()::text).hasMessageContaining("{file: \"none\"}");

        read(Login.class, "user: ussd\npassword: {env: NOT_THERE_AT_ALL}\n");
        assertThat(warned())
                .containsExactly(
                        "x.yaml:2:17: env: the environment has no NOT_THERE_AT_ALL, or it is"
                                + " empty");
        write("empty", "\n", "rw-------");
        read(Login.class, "user: ussd\npassword: {file: empty}\n");
        assertThat(warned()).containsExactly("x.yaml:2:18: file: empty is empty");
        Files.write(folder.resolve("latin"), new byte[] {(byte) 0xe9});
        read(Login.class, "user: ussd\npassword: {file: latin}\n");
        assertThat(warned()).containsExactly("x.yaml:2:18: file: latin is not UTF-8");
        write("long", "x".repeat(70_000), "rw-------");
        read(Login.class, "user: ussd\npassword: {file: long}\n");
        assertThat(warned())
                .containsExactly(
                        "x.yaml:2:18: file: long: the file is too long: at most 65536 octets");
    }

    @Test
    void what_has_no_end_is_not_read() throws Exception {
        PipesAndDevices.pipe(folder.resolve("pipe"));
        for (String endless : List.of("pipe", "/dev/zero")) {
            read(Login.class, "user: ussd\npassword: {file: " + endless + "}\n");
            assertThat(warned())
                    .containsExactly(
                            "x.yaml:2:18: file: "
                                    + endless
                                    + ": not a plain file but a pipe or a device: write its content to a file");
        }
    }

    @Test
    void a_file_that_everybody_can_read_is_warned_of() throws Exception {
        write("pin", "x", "rw-r--r--");
        read(Login.class, "user: ussd\npassword: {file: pin}\n");
        assertThat(warned())
                .containsExactly(
                        "x.yaml:2:18: warning: file: everybody on this machine can read pin");
    }

    @Test
    void a_value_in_the_settings_themselves_is_refused() throws Exception {
        String allowed = "allowed is {file: PATH} or {env: NAME}, which has the value";
        read(Login.class, "user: ussd\npassword: s3cret\n");
        assertThat(found())
                .containsExactly("x.yaml:2:11: password: a secret is not written here; " + allowed);
        read(Login.class, "user: ussd\n");
        assertThat(found()).containsExactly("x.yaml:1:1: password is missing; " + allowed);
        read(Login.class, "user: ussd\npassword: {file: a, env: B}\n");
        assertThat(found())
                .containsExactly("x.yaml:2:11: password: one of file and env; " + allowed);
        read(Login.class, "user: ussd\npassword: {}\n");
        assertThat(found())
                .containsExactly("x.yaml:2:11: password: one of file and env; " + allowed);
        read(Login.class, "user: ussd\npassword: {fiel: x}\n");
        assertThat(found())
                .anySatisfy(it -> assertThat(it).contains("fiel").contains("did you mean file?"));
    }

    @Test
    void one_may_be_left_out_where_the_settings_say_so() throws Exception {
        assertThat(read(Maybe.class, "{}").token()).isNull();
        assertThat(found()).isEmpty();
    }
}
