package io.moondial.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.admin.Served.Wire;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that come bit by bit, as octets on the connection. */
class StreamedBodyTest {
    /** How a whole answer ends: a chunk without octets. */
    private static final String END = "\r\n0\r\n\r\n";

    @TempDir Path folder;

    private final Counters counters = new Counters();

    private String asked(Answer.Writer writer) throws Exception {
        Path socket = folder.resolve("s");
        try (SystemTime time = new SystemTime();
                AdminServer server =
                        new AdminServer(
                                socket,
                                4,
                                WrittenSettings.settings(AdminSettings.class),
                                counters,
                                time,
                                List.of(
                                        routes ->
                                                routes.get(
                                                        "/v1/stream",
                                                        Role.VIEWER,
                                                        call ->
                                                                new Answer.Stream(
                                                                        "text/plain", writer))));
                Wire wire = Served.connect(socket)) {
            assertThat(server.routes().all()).isNotEmpty();
            wire.send("GET /v1/stream HTTP/1.1\r\nHost: x\r\n\r\n");
            return wire.rest();
        }
    }

    private static void some(Answer.Body body) throws IOException {
        body.octets().write("some".getBytes(US_ASCII));
        body.octets().flush();
    }

    @Test
    void a_stream_ends_where_its_writer_ends() throws Exception {
        assertThat(asked(StreamedBodyTest::some)).contains("200 OK", "\r\n4\r\nsome").endsWith(END);
    }

    @Test
    void a_stream_whose_writer_fails_is_no_whole_answer_and_the_fault_is_counted()
            throws Exception {
        String answer =
                asked(
                        body -> {
                            some(body);
                            throw new IllegalStateException("broken on purpose");
                        });
        assertThat(answer).contains("200 OK", "some").doesNotEndWith(END);
        assertThat(counters.value("admin.failures")).isEqualTo(1);
    }

    @Test
    void a_stream_whose_writer_cannot_read_on_is_no_whole_answer() throws Exception {
        String answer =
                asked(
                        body -> {
                            some(body);
                            throw new IOException("cut on purpose");
                        });
        assertThat(answer).contains("some").doesNotEndWith(END);
    }

    @Test
    void a_writer_that_fails_at_once_is_an_error_of_the_engine() throws Exception {
        String answer =
                asked(
                        body -> {
                            throw new IllegalStateException("broken on purpose");
                        });
        assertThat(answer).startsWith("HTTP/1.1 500 ").doesNotContain("broken on purpose");
        assertThat(counters.value("admin.failures")).isEqualTo(1);
    }
}
