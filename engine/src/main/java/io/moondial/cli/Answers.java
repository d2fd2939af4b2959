package io.moondial.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the person at the handset answers: from the command line first, then line by line from the
 * input.
 */
final class Answers {
    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private final Deque<String> given;
    private final BufferedReader input;
    private final boolean atTerminal;

    /**
     * Answers that are still to be given.
     *
     * @param given those of the command line
     * @param input where more come from, a line each
     * @param atTerminal whether somebody types there, who sees it while typing
     */
    Answers(List<String> given, InputStream input, boolean atTerminal) {
        this.given = new ArrayDeque<>(given);
        this.input = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        this.atTerminal = atTerminal;
    }

    /** Whether the next answer is typed by somebody who sees it while typing. */
    boolean typedNext() {
        return given.isEmpty() && atTerminal;
    }

    /**
     * Hands over the next answer once there is one, empty once there are no more; the caller does
     * not wait.
     */
    void next(Consumer<Optional<String>> taker) {
        if (given.isEmpty()) {
            // The process may end while nobody has typed anything.
            Thread.ofPlatform().daemon().name("input").start(() -> taker.accept(line()));
        } else {
            taker.accept(Optional.of(given.removeFirst()));
        }
    }

    private Optional<String> line() {
        try {
            return Optional.ofNullable(input.readLine());
        } catch (IOException e) {
            log.warn("the standard input cannot be read: taken as its end", e);
            return Optional.empty();
        }
    }

    /** The answers of the command line that nobody asked for. */
    Optional<String> unused() {
        return given.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", given));
    }
}
