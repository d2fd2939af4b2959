package io.moondial.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.admin.Role;
import io.moondial.admin.UsersFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserCommandTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Path users() {
        return folder.resolve("users");
    }

    private int user(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of("user"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--file", users().toString()));
        return ussd(input, all);
    }

    private int ussd(String input, List<String> arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
        try {
            return InProcess.ussd(out, err, arguments.toArray(String[]::new));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void users_are_added_listed_changed_and_removed() throws IOException {
        assertThat(user("correct horse\n", "add", "ada", "--role", "admin")).isZero();
        assertThat(err.toString()).isEqualTo("ussd: ada may log in as admin\n");
        assertThat(user("", "add", "robot", "--role", "viewer", "--token")).isZero();
        String token = out.toString().strip();
        assertThat(token).matches("moondial_[A-Za-z0-9_-]{43}");
        String before = Files.readString(users());
        assertThat(before).doesNotContain("correct horse", token);
        assertThat(user("battery staple\n", "password", "ada")).isZero();
        assertThat(Files.readString(users())).isNotEqualTo(before);
        assertThat(user("", "list")).isZero();
        assertThat(out.toString().lines().map(it -> it.replaceAll(" +", " ")))
                .containsExactly("ada admin password", "robot viewer token");
        assertThat(user("", "remove", "robot")).isZero();
        assertThat(new UsersFile(users()).read())
                .singleElement()
                .matches(it -> it.name().equals("ada") && it.role() == Role.ADMIN);
    }

    @Test
    void the_file_is_its_owners_alone_and_nothing_is_left_beside_it() throws IOException {
        user("", "add", "robot", "--role", "viewer", "--token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users())))
                .isEqualTo("rw-------");
        try (var left = Files.list(folder)) {
            assertThat(left.map(it -> it.getFileName().toString()))
                    .containsExactlyInAnyOrder("users", ".users.lock");
        }
        Files.setPosixFilePermissions(users(), PosixFilePermissions.fromString("rw-r-----"));
        user("", "add", "other", "--role", "viewer", "--token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users())))
                .as("a group that reads it keeps reading it")
                .isEqualTo("rw-r-----");
    }

    @Test
    void a_file_that_others_can_change_or_read_is_not_used() throws IOException {
        user("", "add", "robot", "--role", "viewer", "--token");
        for (String open : List.of("rw-rw----", "rw-r--r--", "rw-----w-")) {
            Files.setPosixFilePermissions(users(), PosixFilePermissions.fromString(open));
            assertThat(user("", "list")).as(open).isEqualTo(1);
            assertThat(err.toString()).contains(open, "chmod 600 it");
        }
    }

    @Test
    void what_cannot_be_is_told_and_changes_nothing() throws IOException {
        user("", "add", "robot", "--role", "viewer", "--token");
        String before = Files.readString(users());
        assertRefused(
                "",
                1,
                "is in " + users() + " already",
                "add",
                "robot",
                "--role",
                "admin",
                "--token");
        assertRefused(
                "short\n",
                1,
                "a password has at least 8 characters",
                "add",
                "x",
                "--role",
                "admin");
        assertRefused("", 2, "the password is missing", "add", "x", "--role", "admin");
        assertRefused(
                "",
                2,
                "there are viewer, operator, admin",
                "add",
                "x",
                "--role",
                "root",
                "--token");
        assertRefused("", 1, "cannot be a name", "add", "a b", "--role", "viewer", "--token");
        assertRefused("", 1, "cannot be a name", "add", "local", "--role", "viewer", "--token");
        assertRefused("", 1, "there is no user 'nobody'", "remove", "nobody");
        assertRefused("long enough\n", 1, "robot has a token", "password", "robot");
        assertRefused("", 2, "what to do is missing");
        assertThat(Files.readString(users())).isEqualTo(before);
    }

    private void assertRefused(String input, int code, String words, String... arguments) {
        int exit = arguments.length == 0 ? ussd(input, List.of("user")) : user(input, arguments);
        assertThat(err.toString()).contains(words);
        assertThat(exit).as(err.toString()).isEqualTo(code);
    }

    @Test
    void a_line_that_is_none_is_named_by_its_number() throws IOException {
        user("", "add", "robot", "--role", "viewer", "--token");
        String good = Files.readString(users());
        for (String bad :
                List.of(
                        "ada admin",
                        "ada root token-sha256 " + "0".repeat(64),
                        "ada admin token-sha256 xyz",
                        "ada admin pbkdf2-sha256 1000 AAAAAAAAAAAAAAAAAAAAAA== "
                                + "A".repeat(43)
                                + "=",
                        "robot admin token-sha256 " + "0".repeat(64))) {
            Files.writeString(users(), good + bad + "\n");
            assertThat(user("", "list")).as(bad).isEqualTo(1);
            assertThat(err.toString()).contains(users() + ":3: ").doesNotContain("xyz");
        }
    }

    @Test
    void the_rules_say_where_the_file_is_even_if_they_are_broken_elsewhere() throws IOException {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "admin: {users: who}\nnonsense: 1\n");
        assertThat(
                        ussd(
                                "",
                                List.of(
                                        "user",
                                        "add",
                                        "robot",
                                        "--role",
                                        "viewer",
                                        "--token",
                                        "--rules",
                                        rules.toString())))
                .isZero();
        assertThat(folder.resolve("who")).exists();
        Files.writeString(rules, "process: {triggers: []}\n");
        assertThat(ussd("", List.of("user", "list", "--rules", rules.toString()))).isEqualTo(2);
        assertThat(err.toString()).contains("admin: {users: PATH}", "--file");
    }
}
