package io.moondial;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this machine, for the names and headers of EDR files. */
final class HostName {
    private static final String UNKNOWN = "localhost";

    private HostName() {}

    /** The name without its domain, letters, digits and hyphens only. */
    static String get() {
        String name = full();
        int dot = name.indexOf('.');
        String host = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9-]", "-");
        return host.isEmpty() ? UNKNOWN : host;
    }

    private static String full() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UNKNOWN; // a machine without a name in its own hosts file
        }
    }
}
