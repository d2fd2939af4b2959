package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.moondial.admin.Served.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The lines of the log {@code audit}: whatever is done has one. */
class AuditTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("audit");

    @TempDir Path folder;

    private final Lines lines = new Lines();

    /** What is logged, from whichever thread. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent line) {
            written.add(line.getFormattedMessage());
        }
    }

    @BeforeEach
    void listen() {
        lines.start();
        LOG.addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        LOG.detachAppender(lines);
    }

    /** The only line that there is, once it is there: what an answer is followed by. */
    private String line() {
        await().atMost(Served.PATIENCE).until(() -> !lines.written.isEmpty());
        assertThat(lines.written).hasSize(1);
        return lines.written.getFirst();
    }

    private static String asked(Served served, String request) throws IOException {
        try (Wire wire = Served.connect(served.socket)) {
            wire.send(request);
            return wire.rest();
        }
    }

    private static String head(String methodAndPath) {
        return methodAndPath + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    }

    @Test
    void a_change_has_a_line_and_what_reads_has_none() throws Exception {
        try (Served served = new Served(folder)) {
            assertThat(asked(served, head("GET /v1/test") + "\r\n")).startsWith("HTTP/1.1 200");
            assertThat(asked(served, head("DELETE /v1/test?x=27761234567") + "\r\n"))
                    .startsWith("HTTP/1.1 204");
            assertThat(line())
                    .matches("local \\(admin\\) from the socket: DELETE /v1/test: 204 in \\d+ ms");
        }
    }

    @Test
    void a_change_that_is_refused_has_one() throws Exception {
        try (Served served = new Served(folder)) {
            asked(served, head("POST /v1/test") + "Content-Length: 1\r\n\r\nx");
            assertThat(line()).contains("POST /v1/test: 400 in ");
        }
    }

    @Test
    void a_change_whose_answer_cannot_be_written_has_one_too() throws Exception {
        for (String path : List.of("/v1/breaks/gone", "/v1/breaks/faulty")) {
            lines.written.clear();
            try (Served served = new Served(folder)) {
                asked(served, head("POST " + path) + "\r\n");
                assertThat(line())
                        .matches(
                                "local \\(admin\\) from the socket: POST "
                                        + path
                                        + ": 200 in \\d+ ms; the answer broke off");
            }
        }
    }

    @Test
    void a_change_whose_caller_goes_away_meanwhile_has_one_too() throws Exception {
        try (Served served = new Served(folder, "write_timeout: 1h")) {
            try (Wire wire = Served.connect(served.socket)) {
                wire.send(head("POST /v1/much") + "\r\n");
                wire.until("\r\n\r\n");
            }
            assertThat(line()).contains("POST /v1/much: 200 in ", "; the answer broke off");
        }
    }

    @Test
    void a_change_whose_body_never_comes_has_no_answer() throws Exception {
        try (Served served = new Served(folder)) {
            try (Wire wire = Served.connect(served.socket)) {
                wire.send(head("POST /v1/test") + "Content-Length: 100\r\n\r\n");
                served.awaitCount("admin.requests", 1);
            }
            assertThat(line()).matches(".*: POST /v1/test: no answer in \\d+ ms");
            assertThat(served.posted).isEmpty();
        }
    }

    @Test
    void a_login_that_fails_has_one_and_a_question_about_a_session_is_no_login() throws Exception {
        try (Served served = new Served(folder)) {
            assertThat(asked(served, head("GET /v1/session?x=1") + "\r\n"))
                    .startsWith("HTTP/1.1 400");
            String body = "{\"user\":\"ada\",\"password\":\"correct horse\"}";
            assertThat(served.asked(served.post("/v1/session", body))).startsWith("HTTP/1.1 401");
            assertThat(line())
                    .matches(
                            "refused from 127\\.0\\.0\\.1:\\d+: POST /v1/session: 401 nobody can .*");
        }
    }
}
