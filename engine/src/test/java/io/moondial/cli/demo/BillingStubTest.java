package io.moondial.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.cli.demo.BillingStub.Mood;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BillingStubTest {
    private static final String AMINA = "/accounts/254711000001";

    private final BillingStub stub;
    private final HttpClient client = HttpClient.newHttpClient();

    BillingStubTest() throws IOException {
        stub = new BillingStub("token", Mood.UP);
    }

    @AfterEach
    void close() {
        stub.close();
        client.close();
    }

    private static HttpRequest.Builder request(BillingStub to, String path) {
        return HttpRequest.newBuilder(URI.create(to.url() + path))
                .header("Authorization", "Bearer token");
    }

    private String get(String path) throws IOException, InterruptedException {
        return sent(request(stub, path));
    }

    private String post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(stub, path).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return sent(request);
    }

    private String sent(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return (answer.statusCode() + " " + answer.body()).strip();
    }

    @Test
    void it_knows_two_subscribers() throws Exception {
        assertThat(get(AMINA)).isEqualTo("200 {\"airtime\":12.50}");
        assertThat(get("/accounts/254711000002")).isEqualTo("200 {\"airtime\":0.00}");
        assertThat(get("/accounts/254711000003")).isEqualTo("404");
        assertThat(get("/other")).isEqualTo("404");
        assertThat(post(AMINA + "/other", "{}")).isEqualTo("404");
    }

    @Test
    void a_payment_is_charged_once_however_often_it_comes() throws Exception {
        String payment = "{\"msisdn\": \"254711000001\", \"amount\": 50.00}";

        for (int i = 0; i < 3; i++) {
            assertThat(post("/topups", payment, "Idempotency-Key", "p1"))
                    .isEqualTo("200 {\"airtime\":62.50}");
        }
        assertThat(post("/topups", payment, "Idempotency-Key", "p2"))
                .isEqualTo("200 {\"airtime\":112.50}");
        assertThat(get(AMINA)).isEqualTo("200 {\"airtime\":112.50}");
        assertThat(post("/topups", payment)).isEqualTo("400");
        assertThat(
                        post(
                                "/topups",
                                "{\"msisdn\": \"254711000001\", \"amount\": -1}",
                                "Idempotency-Key",
                                "p3"))
                .isEqualTo("422");
        assertThat(post("/topups", "no json", "Idempotency-Key", "p4")).isEqualTo("400");
    }

    @Test
    void three_wrong_pins_lock() throws Exception {
        assertThat(post(AMINA + "/pin", "{\"pin\": \"1234\"}")).isEqualTo("204");
        assertThat(post(AMINA + "/pin", "{\"pin\": \"1\"}")).isEqualTo("403");
        assertThat(post(AMINA + "/pin", "{\"pin\": \"1234\"}")).isEqualTo("204");
        for (int i = 0; i < 3; i++) {
            assertThat(post(AMINA + "/pin", "{}")).isEqualTo("403");
        }
        assertThat(post(AMINA + "/pin", "{\"pin\": \"1234\"}")).isEqualTo("423");
        assertThat(post("/accounts/1/pin", "{\"pin\": \"1234\"}")).isEqualTo("404");
    }

    @Test
    void nobody_gets_in_without_the_token() throws Exception {
        assertThat(sent(HttpRequest.newBuilder(URI.create(stub.url() + AMINA)))).isEqualTo("401");
        assertThat(
                        sent(
                                HttpRequest.newBuilder(URI.create(stub.url() + AMINA))
                                        .header("Authorization", "Bearer other")))
                .isEqualTo("401");
    }

    @Test
    void down_nothing_listens() throws Exception {
        try (BillingStub down = new BillingStub("token", Mood.DOWN)) {
            assertThatThrownBy(() -> sent(request(down, AMINA)))
                    .isInstanceOf(ConnectException.class);
        }
    }
}
