package io.moondial.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port, written {@code HOST:PORT}; an IPv6 address is in square brackets.
 *
 * @param host a name or an address; never empty
 * @param port from 0 to 65535; where something listens, 0 is one that is free
 */
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})");
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]+(?:\\.[0-9]+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    public HostPort {
        if (host.isEmpty() || port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("no host and port: " + host + ":" + port);
        }
    }

    /** What a text names; empty if it is not written like this. */
    public static Optional<HostPort> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3)) > MAX_PORT) {
            return Optional.empty();
        }
        String host = form.group(1) == null ? form.group(2) : form.group(1);
        return Optional.of(new HostPort(host, Integer.parseInt(form.group(3))));
    }

    /**
     * How the rules write it.
     *
     * @param example one, for whoever has written something else
     */
    public static Notation<HostPort> written(String example) {
        return Notation.ofWords(
                new ValueType<>(
                        "HOST:PORT, such as \"" + example + "\"",
                        List.of(),
                        scalar -> parse(scalar.text())),
                HostPort::toString,
                "^(?:" + FORM.pattern() + ")$");
    }

    /** That of a socket. */
    public static HostPort of(InetSocketAddress address) {
        return new HostPort(address.getHostString(), address.getPort());
    }

    /** A socket's address for people. */
    public static String words(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress it ? of(it).toString() : "an unknown address";
    }

    /** As a socket takes it: a name is looked up, which may take its time. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** Whether only this machine reaches it; no name but localhost is looked up for that. */
    public boolean isOfThisMachine() {
        if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
            return true;
        }
        if (!ADDRESS.matcher(host).matches()) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // looks like an address, and is none
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
