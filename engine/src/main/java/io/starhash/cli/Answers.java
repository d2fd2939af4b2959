package io.starhash.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the person at the handset answers: from the command line first, then line by line from the
 * input.
 */
final class Answers {
    private final Deque<String> given;
    private final BufferedReader input;

    private Answers(List<String> given) {
        this.given = new ArrayDeque<>(given);
        this.input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    static Answers of(List<String> given) {
        return new Answers(given);
    }

    /** Whether the next answer is typed by somebody who sees it while typing. */
    @SuppressWarnings(
            "SystemConsoleNull") // it is null where the streams are no terminal, in JDK 25 too
    boolean typedNext() {
        Console console = System.console();
        return given.isEmpty() && console != null && console.isTerminal();
    }

    /** The next answer; empty once there is none. */
    Optional<String> next() {
        if (!given.isEmpty()) {
            return Optional.of(given.removeFirst());
        }
        try {
            return Optional.ofNullable(input.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException("the standard input cannot be read", e);
        }
    }

    /** The answers of the command line that nobody asked for. */
    Optional<String> unused() {
        return given.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", given));
    }
}
