package io.moondial.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The billing system of the money example, in memory and on the loopback address: two subscribers,
 * their PINs and their airtime. A payment that comes twice is charged once.
 */
final class BillingStub implements AutoCloseable {
    /** How it behaves. */
    enum Mood {
        /** It answers at once. */
        UP,
        /** It sells airtime at once, and answers to that too late. */
        SLOW,
        /** Nothing listens. */
        DOWN
    }

    private static final int TRIES = 3;
    private static final int MAX_BODY = 16 << 10;
    private static final Duration TOO_LATE = Duration.ofSeconds(5);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String token;
    private final Mood mood;

    // what follows is guarded by this
    private final Map<String, Subscriber> subscribers = new HashMap<>();
    private final Map<String, Answer> payments = new HashMap<>();

    private static final class Subscriber {
        private final String pin;
        private BigDecimal airtime;
        private int wrong;

        Subscriber(String pin, String airtime) {
            this.pin = pin;
            this.airtime = new BigDecimal(airtime);
        }
    }

    private record Answer(int status, String body) {
        static Answer of(int status) {
            return new Answer(status, "");
        }
    }

    /**
     * Starts it at a free port.
     *
     * @param token what each request must have as its bearer token
     */
    BillingStub(String token, Mood mood) throws IOException {
        this.token = token;
        this.mood = mood;
        subscribers.put("254711000001", new Subscriber("1234", "12.50"));
        subscribers.put("254711000002", new Subscriber("4321", "0.00"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        if (mood == Mood.DOWN) {
            server.stop(0);
        }
    }

    /** Where it is. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
            Answer answer = answer(exchange, body);
            byte[] octets = answer.body().getBytes(StandardCharsets.UTF_8);
            if (octets.length > 0) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
            }
            exchange.sendResponseHeaders(answer.status(), octets.length == 0 ? -1 : octets.length);
            exchange.getResponseBody().write(octets);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it is being closed: nobody gets an answer
        }
    }

    private Answer answer(HttpExchange exchange, byte[] body) throws InterruptedException {
        if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return Answer.of(401);
        }
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        String call = exchange.getRequestMethod() + " " + path.length + " " + path[1];
        try {
            return switch (call) {
                case "GET 3 accounts" -> account(path[2]);
                case "POST 4 accounts" ->
                        path[3].equals("pin") ? pin(path[2], json.readTree(body)) : Answer.of(404);
                case "POST 2 topups" ->
                        topUp(
                                exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                                json.readTree(body));
                default -> Answer.of(404);
            };
        } catch (JacksonException e) {
            return Answer.of(400);
        }
    }

    private synchronized Answer account(String msisdn) {
        Subscriber subscriber = subscribers.get(msisdn);
        return subscriber == null ? Answer.of(404) : airtime(subscriber);
    }

    private static Answer airtime(Subscriber subscriber) {
        return new Answer(200, "{\"airtime\":" + subscriber.airtime.toPlainString() + "}");
    }

    private synchronized Answer pin(String msisdn, JsonNode sent) {
        Subscriber subscriber = subscribers.get(msisdn);
        if (subscriber == null) {
            return Answer.of(404);
        }
        if (subscriber.wrong >= TRIES) {
            return Answer.of(423);
        }
        if (!sent.path("pin").asString("").equals(subscriber.pin)) {
            subscriber.wrong++;
            return Answer.of(403);
        }
        subscriber.wrong = 0;
        return Answer.of(204);
    }

    private Answer topUp(@Nullable String payment, JsonNode sent) throws InterruptedException {
        if (payment == null) {
            return Answer.of(400);
        }
        Answer answer;
        synchronized (this) {
            answer = payments.computeIfAbsent(payment, it -> sold(sent));
        }
        if (mood == Mood.SLOW) {
            Thread.sleep(TOO_LATE);
        }
        return answer;
    }

    private Answer sold(JsonNode sent) {
        Subscriber subscriber = subscribers.get(sent.path("msisdn").asString(""));
        BigDecimal amount = sent.path("amount").asDecimal(BigDecimal.ZERO);
        if (subscriber == null || amount.signum() <= 0) {
            return Answer.of(422);
        }
        subscriber.airtime = subscriber.airtime.add(amount);
        return airtime(subscriber);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
