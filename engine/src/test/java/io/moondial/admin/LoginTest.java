package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.admin.Served.Wire;
import io.moondial.logic.LogWatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call over TCP: tokens, passwords, sessions, and what a foreign page tries. */
class LoginTest {
    private static final Pattern COOKIE =
            Pattern.compile("Set-Cookie: (moondial_session=[^;]+);([^\r]*)");

    @TempDir static Path shared;
    private static String operatorToken = "";
    private static String viewerToken = "";

    @TempDir Path folder;
    private Path users = Path.of("");

    @BeforeAll
    static void makeUsers() throws IOException {
        UsersFile file = new UsersFile(shared.resolve("users"));
        file.add("ada", Role.ADMIN, "correct horse");
        file.add("vera", Role.VIEWER, "battery staple");
        operatorToken = file.addToken("robot", Role.OPERATOR);
        viewerToken = file.addToken("prometheus", Role.VIEWER);
    }

    @BeforeEach
    void copyUsers() throws IOException {
        users = folder.resolve("users");
        Files.copy(shared.resolve("users"), users);
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
    }

    private Served served(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("users: " + users);
        return new Served(folder, all.toArray(String[]::new));
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private static String origin(Served served) {
        return "Origin: http://" + served.host();
    }

    private static String login(Served served, String user, String password, String... headers)
            throws IOException {
        return served.asked(
                served.post(
                        "/v1/session",
                        "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password),
                        headers));
    }

    /** The header with the cookie of a new session. */
    private static String session(Served served, String user, String password) throws IOException {
        String answer = login(served, user, password);
        Matcher cookie = COOKIE.matcher(answer);
        assertThat(cookie.find()).as(answer).isTrue();
        return "Cookie: " + cookie.group(1);
    }

    @Test
    void without_a_name_nothing_is_answered_but_health() throws Exception {
        try (Served served = served()) {
            assertThat(served.asked(served.request("GET /health/live"))).startsWith("HTTP/1.1 200");
            assertThat(served.asked(served.request("GET /v1/test")))
                    .startsWith("HTTP/1.1 401")
                    .contains("WWW-Authenticate: Bearer", "\"error\":\"log in first");
            assertThat(served.asked(served.request("GET /metrics"))).startsWith("HTTP/1.1 401");
            assertThat(served.asked(served.post("/v1/test", "{}"))).startsWith("HTTP/1.1 401");
            assertThat(served.refused("login")).isEqualTo(3);
            assertThat(served.posted).isEmpty();
        }
    }

    @Test
    void a_body_is_called_json_unless_it_comes_from_no_browser_and_is_called_nothing_else()
            throws Exception {
        try (Served served = served()) {
            String session = session(served, "ada", "correct horse");
            List<String> ofBrowser = List.of(session, origin(served));
            List<String> ofProgram = List.of(bearer(operatorToken));
            for (List<String> who : List.of(ofBrowser, ofProgram)) {
                assertThat(posted(served, who, "Content-Type: Application/JSON; charset=\"UTF-8\""))
                        .startsWith("HTTP/1.1 200");
                for (String other :
                        List.of(
                                "text/plain",
                                "multipart/form-data; boundary=x",
                                "application/jsonx",
                                "application/json; charset=iso-8859-1",
                                "text/plain, application/json",
                                "application/json\r\nContent-Type: text/plain",
                                "application/x-www-form-urlencoded; charset=utf-8")) {
                    assertThat(posted(served, who, "Content-Type: " + other))
                            .as("%s %s", other, who)
                            .startsWith("HTTP/1.1 415")
                            .contains("the header Content-Type is '", "application/json\"");
                }
            }
            // what curl sends if it is told nothing, and so does a form of any page
            for (String unnamed :
                    List.of("X: y", "Content-Type: application/x-www-form-urlencoded")) {
                assertThat(posted(served, ofProgram, unnamed)).startsWith("HTTP/1.1 200");
                assertThat(posted(served, ofBrowser, unnamed)).startsWith("HTTP/1.1 415");
            }
            assertThat(posted(served, ofBrowser, "X: y"))
                    .contains("the header Content-Type is missing");
            assertThat(served.refused("media_type")).isEqualTo(17);
            assertThat(served.posted).hasSize(4);
        }
    }

    private static String posted(Served served, List<String> who, String header)
            throws IOException {
        List<String> headers = new ArrayList<>(who);
        headers.add(header);
        headers.add("Content-Length: 2");
        return served.asked(served.request("POST /v1/test", headers.toArray(String[]::new)) + "{}");
    }

    @Test
    void metrics_are_open_where_the_rules_say_so_and_nothing_else_is() throws Exception {
        try (Served served = served("metrics: open")) {
            assertThat(served.asked(served.request("GET /metrics"))).startsWith("HTTP/1.1 200");
            assertThat(served.asked(served.request("GET /v1/test"))).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void a_token_may_do_what_its_role_may() throws Exception {
        try (Served served = served()) {
            assertThat(served.asked(served.request("GET /v1/test", bearer(viewerToken))))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("prometheus");
            assertThat(served.asked(served.post("/v1/test", "{}", bearer(viewerToken))))
                    .startsWith("HTTP/1.1 403")
                    .contains("this needs the role operator; prometheus has the role viewer");
            assertThat(served.refused("role")).isEqualTo(1);
            assertThat(served.asked(served.post("/v1/test", "{}", bearer(operatorToken))))
                    .startsWith("HTTP/1.1 200");
            assertThat(served.asked(served.request("DELETE /v1/test", bearer(operatorToken))))
                    .startsWith("HTTP/1.1 403");
            assertThat(served.posted).hasSize(1);
        }
    }

    @Test
    void a_wrong_token_is_refused_and_counted_even_where_none_is_needed() throws Exception {
        try (Served served = served()) {
            for (String wrong :
                    List.of(
                            bearer("moondial_" + "x".repeat(43)),
                            bearer(viewerToken + "x"),
                            bearer(viewerToken.substring(0, viewerToken.length() - 1)),
                            "Authorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=",
                            "Authorization: Bearer",
                            bearer(viewerToken) + "\r\n" + bearer(viewerToken))) {
                assertThat(served.asked(served.request("GET /v1/test", wrong)))
                        .as(wrong)
                        .startsWith("HTTP/1.1 401");
            }
            assertThat(served.asked(served.request("GET /health/live", bearer("x"))))
                    .startsWith("HTTP/1.1 401");
            assertThat(served.refused("token")).isEqualTo(7);
        }
    }

    @Test
    void who_sends_a_password_with_a_request_reads_what_to_send_instead() throws Exception {
        try (Served served = served()) {
            assertThat(
                            served.asked(
                                    served.request(
                                            "GET /v1/test",
                                            "Authorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=")))
                    .startsWith("HTTP/1.1 401")
                    .contains(
                            "this takes a token (Authorization: Bearer) or a session (POST /v1/session)")
                    .doesNotContain("YWRh");
            assertThat(served.asked(served.request("GET /v1/test", bearer("x"))))
                    .contains("there is no such token");
        }
    }

    @Test
    void an_address_that_is_taken_is_said_to_be() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> served("listen: 127.0.0.1:" + taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "the interface cannot listen on 127.0.0.1:%d (admin: listen): the address is in use by another program",
                            taken.getLocalPort());
        }
    }

    @Test
    void a_login_begins_a_session_and_a_logout_ends_it() throws Exception {
        try (Served served = served()) {
            String answer = login(served, "ada", "correct horse", origin(served));
            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .endsWith("{\"name\":\"ada\",\"role\":\"admin\"}");
            Matcher cookie = COOKIE.matcher(answer);
            assertThat(cookie.find()).isTrue();
            assertThat(cookie.group(2))
                    .contains("Path=/", "HttpOnly", "SameSite=Strict")
                    .doesNotContain("Secure", "Domain", "Expires");
            String session = "Cookie: " + cookie.group(1);
            assertThat(served.asked(served.request("GET /v1/session", session)))
                    .endsWith("{\"name\":\"ada\",\"role\":\"admin\"}");
            assertThat(served.asked(served.request("DELETE /v1/session", session, origin(served))))
                    .startsWith("HTTP/1.1 204")
                    .contains("moondial_session=; ", "Max-Age=0");
            assertThat(served.asked(served.request("GET /v1/session", session)))
                    .startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void behind_a_proxy_with_tls_the_cookie_stays_within_tls() throws Exception {
        try (Served served = served("hosts: [ussd.example.com]")) {
            assertThat(login(served, "vera", "battery staple", "Origin: https://ussd.example.com"))
                    .startsWith("HTTP/1.1 200")
                    .contains("; Secure");
        }
    }

    @Test
    void a_wrong_password_and_a_user_who_is_not_there_are_told_alike() throws Exception {
        try (Served served = served()) {
            String wrong = login(served, "ada", "wrong horse!");
            String nobody = login(served, "nobody", "wrong horse!");
            String token = login(served, "robot", operatorToken);
            assertThat(wrong)
                    .startsWith("HTTP/1.1 401")
                    .contains("the user or the password is wrong");
            assertThat(nobody.replaceAll("Date: [^\r]*", ""))
                    .isEqualTo(wrong.replaceAll("Date: [^\r]*", ""));
            assertThat(token).startsWith("HTTP/1.1 401");
            assertThat(served.refused("password")).isEqualTo(3);
        }
    }

    @Test
    void after_too_many_failures_not_even_the_right_password_is_looked_at() throws Exception {
        try (Served served = served("max_login_failures: 2", "login_window: 1h")) {
            for (int i = 0; i < 2; i++) {
                assertThat(login(served, "ada", "wrong horse!")).startsWith("HTTP/1.1 401");
            }
            assertThat(login(served, "ada", "correct horse"))
                    .startsWith("HTTP/1.1 429")
                    .contains("too many logins failed", "admin: max_login_failures");
            assertThat(served.refused("logins_failed")).isEqualTo(1);
            // others from there may
            assertThat(login(served, "vera", "battery staple")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void an_address_that_tries_many_users_is_not_listened_to_either() throws Exception {
        try (Served served = served("max_login_failures: 1", "login_window: 1h")) {
            for (int i = 0; i < 4; i++) {
                assertThat(login(served, "user" + i, "wrong horse!")).startsWith("HTTP/1.1 401");
            }
            assertThat(login(served, "vera", "battery staple")).startsWith("HTTP/1.1 429");
        }
    }

    @Test
    void failures_are_forgotten_when_their_time_is_over() throws Exception {
        try (Served served = served("max_login_failures: 1", "login_window: 1h")) {
            assertThat(login(served, "ada", "wrong horse!")).startsWith("HTTP/1.1 401");
            assertThat(login(served, "ada", "correct horse")).startsWith("HTTP/1.1 429");
            served.time.leap(Duration.ofMinutes(61));
            assertThat(login(served, "ada", "correct horse")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_page_of_somebody_else_can_do_nothing_with_the_cookie() throws Exception {
        try (Served served = served()) {
            String session = session(served, "ada", "correct horse");
            for (List<String> foreign :
                    List.of(
                            List.of("Origin: http://evil.example"),
                            List.of("Origin: null"),
                            List.of("Origin: http://127.0.0.1:1"),
                            List.of("Origin: https://" + served.host() + ".evil.example"),
                            List.of("Origin: http://evil.example@" + served.host()),
                            List.of(origin(served), "Origin: http://evil.example"),
                            List.of("Sec-Fetch-Site: cross-site"),
                            List.of("Sec-Fetch-Site: same-site"),
                            List.of("Sec-Fetch-Site: none"),
                            List.<String>of())) {
                List<String> headers = new ArrayList<>(foreign);
                headers.add(session);
                assertThat(
                                served.asked(
                                        served.post(
                                                "/v1/test", "{}", headers.toArray(String[]::new))))
                        .as("%s", foreign)
                        .startsWith("HTTP/1.1 403");
            }
            assertThat(served.refused("origin")).isEqualTo(10);
            assertThat(
                            served.asked(
                                    served.request(
                                            "GET /v1/test", session, "Sec-Fetch-Site: cross-site")))
                    .startsWith("HTTP/1.1 403");
            assertThat(
                            served.asked(
                                    served.request(
                                                    "POST /v1/test",
                                                    session,
                                                    origin(served),
                                                    "Content-Type: text/plain",
                                                    "Content-Length: 2")
                                            + "{}"))
                    .startsWith("HTTP/1.1 415");
            assertThat(login(served, "ada", "correct horse", "Origin: http://evil.example"))
                    .startsWith("HTTP/1.1 403");
            assertThat(served.posted).isEmpty();
            assertThat(served.asked(served.post("/v1/test", "{}", session, origin(served))))
                    .startsWith("HTTP/1.1 200");
            assertThat(
                            served.asked(
                                    served.post(
                                            "/v1/test",
                                            "{}",
                                            session,
                                            "Sec-Fetch-Site: same-origin")))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_name_that_leads_to_this_machine_by_a_trick_is_not_served() throws Exception {
        try (Served served = served()) {
            for (String host :
                    List.of("evil.example", "127.0.0.1.evil.example:8088", "", "[::2]")) {
                assertThat(
                                served.asked(
                                        "GET /health/live HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                                                .formatted(host)))
                        .as(host)
                        .matches("(?s)HTTP/1.1 4(21|00) .*");
            }
            assertThat(served.refused("host") + served.refused("bad_request")).isEqualTo(4);
            assertThat(
                            served.asked(
                                    "GET /health/live HTTP/1.1\r\nHost: LOCALHOST:1\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_session_ends_when_it_is_idle_and_when_its_whole_time_is_over() throws Exception {
        try (Served served = served("session_idle: 1h", "session_end: 3h")) {
            String session = session(served, "vera", "battery staple");
            for (int i = 0; i < 3; i++) { // each request is a use
                served.time.leap(Duration.ofMinutes(50));
                assertThat(served.asked(served.request("GET /v1/test", session)))
                        .startsWith("HTTP/1.1 200");
            }
            served.time.leap(Duration.ofMinutes(50));
            assertThat(served.asked(served.request("GET /v1/test", session)))
                    .as("its whole time")
                    .startsWith("HTTP/1.1 401");
            String idle = session(served, "vera", "battery staple");
            served.time.leap(Duration.ofMinutes(61));
            assertThat(served.asked(served.request("GET /v1/test", idle)))
                    .as("idle")
                    .startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void one_session_too_many_ends_the_one_that_was_used_least_recently() throws Exception {
        try (Served served = served("max_sessions: 2")) {
            String first = session(served, "vera", "battery staple");
            String second = session(served, "vera", "battery staple");
            assertThat(served.asked(served.request("GET /v1/test", first)))
                    .startsWith("HTTP/1.1 200");
            String third = session(served, "ada", "correct horse");
            assertThat(served.asked(served.request("GET /v1/test", second)))
                    .startsWith("HTTP/1.1 401");
            assertThat(served.asked(served.request("GET /v1/test", first)))
                    .startsWith("HTTP/1.1 200");
            assertThat(served.asked(served.request("GET /v1/test", third)))
                    .startsWith("HTTP/1.1 200");
            assertThat(served.counters.value("admin.sessions.displaced")).isEqualTo(1);
        }
    }

    @Test
    void a_change_of_the_users_counts_from_the_next_request() throws Exception {
        try (Served served = served()) {
            String session = session(served, "vera", "battery staple");
            UsersFile file = new UsersFile(users);
            file.remove("vera");
            file.remove("prometheus");
            assertThat(served.asked(served.request("GET /v1/test", session)))
                    .startsWith("HTTP/1.1 401");
            assertThat(served.asked(served.request("GET /v1/test", bearer(viewerToken))))
                    .startsWith("HTTP/1.1 401");
            String fresh = file.addToken("fresh", Role.VIEWER);
            assertThat(served.asked(served.request("GET /v1/test", bearer(fresh))))
                    .startsWith("HTTP/1.1 200");
            Files.writeString(users, "nonsense\n");
            assertThat(served.asked(served.request("GET /v1/test", bearer(fresh))))
                    .startsWith("HTTP/1.1 200");
            assertThat(served.counters.value("admin.users.failures")).isEqualTo(1);
        }
    }

    @Test
    void at_the_socket_the_owner_needs_no_login() throws Exception {
        try (Served served = served();
                Wire wire = Served.connect(served.socket)) {
            wire.send("GET /v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(wire.rest()).endsWith("{\"name\":\"local\",\"role\":\"admin\"}");
        }
    }

    @Test
    void where_no_users_are_named_nobody_can_log_in_and_is_told_so() throws Exception {
        try (Served served = new Served(folder)) {
            assertThat(login(served, "ada", "correct horse"))
                    .startsWith("HTTP/1.1 401")
                    .contains("nobody can log in", "admin: users");
        }
    }

    @Test
    void a_file_without_users_is_logged_at_the_start_and_one_that_is_not_there_by_the_rules()
            throws Exception {
        try (LogWatch log = new LogWatch("admin")) {
            served().close();
            UsersFile file = new UsersFile(users);
            for (String name : List.of("ada", "vera", "robot", "prometheus")) {
                file.remove(name);
            }
            served().close();
            Files.delete(users);
            served().close();
            new Served(folder).close();
            assertThat(log.lines().stream().filter(it -> it.contains("nobody can log in")))
                    .containsExactly(
                            "nobody can log in to the interface over TCP: %s has no users; ussd user add adds one"
                                    .formatted(users));
        }
    }

    @Test
    void an_address_that_others_reach_needs_tls_and_users() {
        assertThatThrownBy(() -> served("listen: 0.0.0.0:0"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not open over TCP")
                .hasMessageContaining("admin: tls");
        assertThatThrownBy(
                        () ->
                                new Served(
                                        folder,
                                        "listen: \"[::]:0\"",
                                        "tls: {certificate: /c.pem, key: /k.pem}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there are no users");
        assertThatThrownBy(
                        () ->
                                new Served(
                                        folder,
                                        "listen: example.com:0",
                                        "users: " + folder.resolve("none"),
                                        "tls: {certificate: /c.pem, key: /k.pem}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nobody is in");
    }
}
