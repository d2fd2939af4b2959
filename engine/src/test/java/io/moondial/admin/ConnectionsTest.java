package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.HandMovedTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.api.Test;

/** How many connections a listener has, and how long each may wait for what. */
class ConnectionsTest {
    private static final int LARGE_ENOUGH = 1024;

    private final HandMovedTime time = new HandMovedTime();
    private final Counters counters = new Counters();
    private final AdminSettings settings =
            WrittenSettings.settings(
                    AdminSettings.class,
                    "idle_timeout: 3s",
                    "body_timeout: 5s",
                    "write_timeout: 7s");
    private final Connections connections =
            new Connections(settings, 3, 2, "admin: max_connections", counters, time);

    /** A connection of somebody. */
    private static final class Caller extends AbstractConnection {
        private long octets;

        Caller(String address) throws UnknownHostException {
            super(new End(new InetSocketAddress(InetAddress.getByName(address), 1)), Runnable::run);
        }

        @Override
        public long getBytesIn() {
            return octets;
        }

        @Override
        public void onFillable() {
            throw new AssertionError("nobody reads here");
        }

        boolean isOpen() {
            return getEndPoint().isOpen();
        }

        String got() {
            return ((ByteArrayEndPoint) getEndPoint()).getOutputString();
        }
    }

    private static final class End extends ByteArrayEndPoint {
        private final SocketAddress from;

        End(SocketAddress from) {
            super(new byte[0], LARGE_ENOUGH);
            this.from = from;
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return from;
        }
    }

    private Caller opened(String address) throws UnknownHostException {
        Caller caller = new Caller(address);
        connections.onOpened(caller);
        return caller;
    }

    private void assertCutOffAfter(int seconds, Caller caller, String counter) {
        time.pass(Duration.ofSeconds(seconds));
        assertThat(caller.isOpen()).as("within its time").isTrue();
        time.pass(Duration.ofSeconds(1));
        assertThat(caller.isOpen()).isFalse();
        // until the end is noticed, it is looked at again
        time.pass(Duration.ofMinutes(1));
        assertThat(counters.value(counter)).isEqualTo(1);
        connections.onClosed(caller);
    }

    @Test
    void each_wait_has_its_time_and_is_counted_once() throws Exception {
        assertCutOffAfter(3, opened("192.0.2.1"), "admin.idle_closed");
        Caller slow = opened("192.0.2.1");
        slow.octets = 1;
        assertCutOffAfter(3, slow, "admin.refused.slow_request");
        Caller body = opened("192.0.2.1");
        connections.of(body).waitsForBody();
        assertCutOffAfter(5, body, "admin.refused.slow_body");
        Caller reader = opened("192.0.2.1");
        connections.of(reader).waitsForReader();
        assertCutOffAfter(7, reader, "admin.refused.slow_reader");
    }

    @Test
    void octets_of_the_request_before_are_no_octets_of_this_one() throws Exception {
        Caller caller = opened("192.0.2.1");
        caller.octets = 100;
        connections.of(caller).waitsForEngine();
        connections.of(caller).waitsForRequest();
        assertCutOffAfter(3, caller, "admin.idle_closed");
    }

    @Test
    void however_little_comes_the_time_does_not_begin_anew() throws Exception {
        Caller caller = opened("192.0.2.1");
        for (int i = 0; i < 3; i++) {
            time.pass(Duration.ofSeconds(1));
            caller.octets++;
        }
        assertCutOffAfter(0, caller, "admin.refused.slow_request");
    }

    @Test
    void the_engine_may_take_as_long_as_it_takes() throws Exception {
        Caller caller = opened("192.0.2.1");
        connections.of(caller).waitsForEngine();
        time.pass(Duration.ofDays(1));
        assertThat(caller.isOpen()).isTrue();
    }

    @Test
    void there_are_so_many_of_one_address_and_so_many_in_all() throws Exception {
        List<Caller> callers = new ArrayList<>();
        callers.add(opened("2001:db8::1"));
        callers.add(opened("2001:db8::2"));
        assertThat(opened("2001:db8::3").got())
                .as("a customer has 64 bits")
                .startsWith("HTTP/1.1 503 ")
                .contains("2 connections from this address", "admin: max_connections_of_address");
        callers.add(opened("192.0.2.1"));
        Caller fourth = opened("192.0.2.2");
        assertThat(fourth.got())
                .startsWith("HTTP/1.1 503 ")
                .contains("3 connections are open already", "(admin: max_connections)");
        assertThat(fourth.isOpen()).isFalse();
        assertThat(counters.value("admin.refused.connections")).isEqualTo(1);
        assertThat(counters.value("admin.refused.connections_of_address")).isEqualTo(1);
        assertThat(counters.value("admin.connections")).isEqualTo(3);
        callers.forEach(connections::onClosed);
        assertThat(opened("2001:db8::1").isOpen()).isTrue();
    }
}
