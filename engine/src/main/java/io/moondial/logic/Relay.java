package io.moondial.logic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What a trigger has in the place of a script that relays its dialogs: {@code relay.lua}. */
final class Relay {
    /** It is the engine's own, in Lua. */
    static final String SOURCE = read();

    private Relay() {}

    private static String read() {
        try (InputStream in = Relay.class.getResourceAsStream("relay.lua")) {
            return new String(requireNonNull(in, "relay.lua").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
