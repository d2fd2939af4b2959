package io.moondial.admin;

import io.moondial.metrics.Counters;
import io.moondial.time.Time;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a listener, held to their number and to their time. A caller has so long
 * for a whole request, for its body, and to read the answer; however few octets he sends or reads
 * meanwhile, the time does not begin anew.
 */
final class Connections implements Connection.Listener {
    /** How often the times are looked at. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final AdminSettings settings;
    private final int most;
    private final int mostOfAddress;
    private final String key;
    private final Counters counters;
    private final Time time;
    private final Map<EndPoint, Client> clients = new ConcurrentHashMap<>();
    private final Map<String, Integer> byAddress = new HashMap<>();
    private Time.@Nullable Alarm look;
    private boolean closed;

    /**
     * Those of one listener.
     *
     * @param key the key of the rules that says how many there may be
     */
    Connections(
            AdminSettings settings,
            int most,
            int mostOfAddress,
            String key,
            Counters counters,
            Time time) {
        this.settings = settings;
        this.most = most;
        this.mostOfAddress = mostOfAddress;
        this.key = key;
        this.counters = counters;
        this.time = time;
        look();
    }

    /** What a connection waits for. */
    private enum Phase {
        /** For a whole first line with headers; TLS is agreed on within the same time. */
        REQUEST,
        BODY,
        /** For the engine: there is no limit. */
        ENGINE,
        /** For the caller to read. */
        READER
    }

    /** One connection; its request marks what it waits for. */
    final class Client {
        private final EndPoint endPoint;
        private final String address;
        private @Nullable Connection http;
        private Phase phase = Phase.REQUEST;
        private long since = time.nanos();
        private long octetsBefore;
        private boolean cutOff;

        private Client(EndPoint endPoint, String address) {
            this.endPoint = endPoint;
            this.address = address;
        }

        /** Where it comes from: an address, of IPv6 the network; empty for the unix socket. */
        String address() {
            return address;
        }

        void waitsForRequest() {
            octetsBefore = octets();
            enter(Phase.REQUEST);
        }

        void waitsForBody() {
            enter(Phase.BODY);
        }

        void waitsForEngine() {
            enter(Phase.ENGINE);
        }

        void waitsForReader() {
            enter(Phase.READER);
        }

        private synchronized void enter(Phase next) {
            phase = next;
            since = time.nanos();
        }

        private long octets() {
            Connection connection = http;
            return connection == null ? 0 : connection.getBytesIn();
        }

        /** Closes it if its time is over. That takes a moment, and is counted once. */
        private void look() {
            Phase now;
            synchronized (this) {
                now = phase;
                if (cutOff || now == Phase.ENGINE || time.nanos() - since <= limit(now).toNanos()) {
                    return;
                }
                cutOff = true;
            }
            counters.increment(
                    switch (now) {
                        case REQUEST ->
                                octets() == octetsBefore
                                        ? "admin.idle_closed"
                                        : "admin.refused.slow_request";
                        case BODY -> "admin.refused.slow_body";
                        case READER, ENGINE -> "admin.refused.slow_reader";
                    });
            endPoint.close();
        }

        private Duration limit(Phase of) {
            return switch (of) {
                case REQUEST -> settings.idleTimeout();
                case BODY -> settings.bodyTimeout();
                case READER, ENGINE -> settings.writeTimeout();
            };
        }
    }

    /** The client of a request that came over this connection. */
    Client of(Connection connection) {
        Client client = clients.get(network(connection.getEndPoint()));
        if (client == null) {
            throw new IllegalStateException("the connection is closed already");
        }
        return client;
    }

    private static EndPoint network(EndPoint endPoint) {
        return endPoint instanceof EndPoint.Wrapper wrapper ? wrapper.unwrap() : endPoint;
    }

    @Override
    public void onOpened(Connection connection) {
        EndPoint endPoint = network(connection.getEndPoint());
        Client known = clients.get(endPoint);
        if (known != null) {
            known.http = connection; // what TLS has agreed on
            return;
        }
        Client client = new Client(endPoint, address(endPoint.getRemoteSocketAddress()));
        client.http = connection instanceof SslConnection ? null : connection;
        String refusal = admit(client);
        if (refusal == null) {
            counters.increment("admin.connections");
        } else {
            refuse(endPoint, refusal, connection instanceof SslConnection);
        }
    }

    /** Adds a client; otherwise the result says why not. */
    private @Nullable String admit(Client client) {
        synchronized (byAddress) {
            int ofAddress = byAddress.getOrDefault(client.address, 0);
            String refusal = null;
            if (clients.size() >= most) {
                counters.increment("admin.refused.connections");
                refusal =
                        "%d connections are open already, as many as the rules allow (%s)"
                                .formatted(most, key);
            } else if (ofAddress >= mostOfAddress) {
                counters.increment("admin.refused.connections_of_address");
                refusal =
                        "%d connections from this address are open already, as many as the rules allow (admin: max_connections_of_address)"
                                .formatted(mostOfAddress);
            } else {
                byAddress.put(client.address, ofAddress + 1);
                clients.put(client.endPoint, client);
            }
            return refusal;
        }
    }

    /** In clear it is answered why; behind TLS nothing can be said that early. */
    private static void refuse(EndPoint endPoint, String why, boolean silently) {
        if (silently) {
            endPoint.close();
            return;
        }
        String body = "{\"error\":\"" + why + "\"}";
        byte[] answer =
                "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                        .formatted(body.length(), body)
                        .getBytes(StandardCharsets.US_ASCII);
        endPoint.write(Callback.from(endPoint::close), ByteBuffer.wrap(answer));
    }

    @Override
    public void onClosed(Connection connection) {
        Client client = clients.remove(network(connection.getEndPoint()));
        if (client != null) {
            synchronized (byAddress) {
                byAddress.computeIfPresent(
                        client.address, (address, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    private synchronized void look() {
        if (!closed) {
            clients.values().forEach(Client::look);
            look = time.after(LOOK, this::look);
        }
    }

    /** Times are looked at no more. */
    synchronized void close() {
        closed = true;
        if (look != null) {
            look.cancel();
        }
    }

    /** One address of IPv4, or the 64 bits that one customer has of IPv6. */
    private static String address(@Nullable SocketAddress from) {
        if (!(from instanceof InetSocketAddress inet)) {
            return "";
        }
        InetAddress address = inet.getAddress();
        if (address instanceof Inet6Address six) {
            byte[] network = Arrays.copyOf(Arrays.copyOf(six.getAddress(), 8), 16);
            try {
                return InetAddress.getByAddress(network).getHostAddress() + "/64";
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // 16 octets are an address
            }
        }
        return address.getHostAddress();
    }
}
