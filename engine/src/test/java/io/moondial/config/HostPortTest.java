package io.moondial.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a host and a port are written. */
class HostPortTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:2905", "stp-1.example:0", "[2001:db8::1]:65535", "a_b:1"})
    void what_is_read_is_written_in_the_same_way(String text) {
        assertThat(HostPort.parse(text)).map(HostPort::toString).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                ":1",
                "x:",
                "x:65536",
                "x:123456",
                "x:-1",
                "::1:80",
                "[::1]",
                "[x]:1",
                "x y:1",
                "http://x:1"
            })
    void what_is_not_host_and_port_names_nothing(String text) {
        assertThat(HostPort.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "LocalHost:1", "[::1]:1"})
    void some_addresses_only_this_machine_reaches(String text) {
        assertThat(HostPort.parse(text)).map(HostPort::isOfThisMachine).contains(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0:1", "[::]:1", "10.0.0.1:1", "[2001:db8::1]:1", "127.example.com:1",
                "127.0.0.1.example.com:1", "127.0.0.256:1", "127.0.0.1.1:1", "127.1:1",
                        "[1::2::3]:1"
            })
    void others_reach_all_others_and_what_only_looks_like_one(String text) {
        assertThat(HostPort.parse(text)).map(HostPort::isOfThisMachine).contains(false);
    }

    @Test
    void there_is_none_without_a_host_or_beyond_the_ports() {
        assertThatThrownBy(() -> new HostPort("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HostPort("x", 65_536))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
