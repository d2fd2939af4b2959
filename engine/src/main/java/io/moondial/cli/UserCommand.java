package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.admin.Role;
import io.moondial.admin.UsersFile;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ussd user}. */
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        description = {
            "Says who may log in to the interface over TCP. A running engine notices a change by itself.",
            "The file is that of 'admin: users' in the rules. It holds hashes of passwords and tokens, and only its owner can read it. Roles are viewer (numbers masked), operator (sees them, dials, orders pushes, traces, reloads) and admin (changes what is in service)."
        },
        subcommands = {
            UserCommand.Add.class,
            UserCommand.ListUsers.class,
            UserCommand.Remove.class,
            UserCommand.Password.class
        })
final class UserCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    UserCommand() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "what to do is missing: add, list, remove or password");
    }

    /** Where the users are. */
    static final class Place {
        @Mixin private RulesOption rules;

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "The file of users, instead of that of the rules.")
        private @Nullable Path file;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        Place() {}

        UsersFile users(CommandSpec spec) throws ConfigurationException {
            if (file != null) {
                return new UsersFile(file);
            }
            Optional<Path> named = rules.usersFile();
            return new UsersFile(
                    named.orElseThrow(
                            () ->
                                    new ParameterException(
                                            spec.commandLine(),
                                            "the rules name no file of users: add 'admin: {users: PATH}' to them, or use --file")));
        }
    }

    /** {@code ussd user add}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Adds a person with a password, or a program with a token.",
                "The password is asked for on the terminal; without one, it is the first line of the input. The token is made here and printed once; it is kept nowhere."
            })
    static final class Add implements Callable<Integer> {
        @Mixin private Place place;

        @Parameters(paramLabel = "NAME", description = "The name to log in with, or of the token.")
        private String name;

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "viewer, operator or admin.")
        private String role;

        @Option(names = "--token", description = "A token for a program, not a password.")
        private boolean token;

        @Spec private CommandSpec spec;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        Add() {}

        @Override
        public Integer call() throws ConfigurationException, IOException {
            Role wanted =
                    Role.named(role)
                            .orElseThrow(
                                    () ->
                                            new ParameterException(
                                                    spec.commandLine(),
                                                    "--role is '%s'; there are viewer, operator, admin"
                                                            .formatted(role)));
            UsersFile users = place.users(spec);
            PrintWriter out = spec.commandLine().getOut();
            if (token) {
                out.println(users.addToken(name, wanted));
                err(spec, "this is the token of %s; it is shown this once".formatted(name));
            } else {
                users.add(name, wanted, password(spec));
                err(spec, "%s may log in as %s".formatted(name, role));
            }
            out.flush();
            return ExitCode.GOOD;
        }
    }

    /** {@code ussd user list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description =
                    "Prints a line for each: name, role, and whether it has a password or a token.")
    static final class ListUsers implements Callable<Integer> {
        @Mixin private Place place;
        @Spec private CommandSpec spec;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        ListUsers() {}

        @Override
        public Integer call() throws ConfigurationException, IOException {
            PrintWriter out = spec.commandLine().getOut();
            for (UsersFile.User user : place.users(spec).read()) {
                out.printf(
                        "%-24s %-8s %s%n",
                        user.name(), user.role().word(), user.isToken() ? "token" : "password");
            }
            out.flush();
            return ExitCode.GOOD;
        }
    }

    /** {@code ussd user remove}. */
    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description =
                    "Removes one. Sessions of this user end at once, and a token is worth nothing.")
    static final class Remove implements Callable<Integer> {
        @Mixin private Place place;

        @Parameters(paramLabel = "NAME", description = "Who.")
        private String name;

        @Spec private CommandSpec spec;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        Remove() {}

        @Override
        public Integer call() throws ConfigurationException, IOException {
            place.users(spec).remove(name);
            err(spec, name + " is removed");
            return ExitCode.GOOD;
        }
    }

    /** {@code ussd user password}. */
    @Command(
            name = "password",
            mixinStandardHelpOptions = true,
            description =
                    "Gives a user another password, read as by add. Sessions of this user end at once.")
    static final class Password implements Callable<Integer> {
        @Mixin private Place place;

        @Parameters(paramLabel = "NAME", description = "Who.")
        private String name;

        @Spec private CommandSpec spec;

        @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
        Password() {}

        @Override
        public Integer call() throws ConfigurationException, IOException {
            UsersFile users = place.users(spec);
            users.password(name, password(spec));
            err(spec, name + " has another password");
            return ExitCode.GOOD;
        }
    }

    private static void err(CommandSpec spec, String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("ussd: " + line);
        err.flush();
    }

    /** Never from the command line, which every user of the machine can read. */
    @SuppressWarnings("SystemConsoleNull") // it is null where the streams are no terminal
    private static String password(CommandSpec spec) throws IOException {
        Console console = System.console();
        if (console != null && Terminal.is()) {
            char[] first = console.readPassword("Password: ");
            char[] second = console.readPassword("Once more: ");
            if (first == null || second == null || !Arrays.equals(first, second)) {
                throw new ParameterException(
                        spec.commandLine(), "the two passwords differ; nothing is changed");
            }
            return new String(first);
        }
        String line =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .readLine();
        if (line == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the password is missing: it is the first line of the input, or is asked for on a terminal");
        }
        return line;
    }
}
