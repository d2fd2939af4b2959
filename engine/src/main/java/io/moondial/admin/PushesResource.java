package io.moondial.admin;

import io.moondial.config.Nearest;
import io.moondial.metrics.Counters;
import io.moondial.push.PushJson;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.State;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes;
import io.moondial.push.Pushes.Submission.Accepted;
import io.moondial.push.Pushes.Submission.Refused;
import io.moondial.push.Pushes.Why;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/pushes}: pushes are ordered, looked at and withdrawn, and news of them. Nobody less
 * than an operator orders one: whoever may push can write to every subscriber in the operator's
 * name. A viewer sees no subscriber's number, and cannot ask for one either.
 */
public final class PushesResource implements Resource, EventSource {
    private static final Logger log = LoggerFactory.getLogger("audit");
    private static final String PUSHES = "/v1/pushes";
    private static final int MOST = 500;
    private static final int USUAL = 50;

    /** Among so many, the newest, those are looked for that a filter wants. */
    private static final int LOOKED_AT = 10_000;

    private static final int MAX_WAIT = 60_000;

    /** Stores have limits of their own, which are shorter. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Seconds until it makes sense to try again. */
    private static final int SOON = 1;

    private static final int WHEN_HELD = 60;
    private static final int WHEN_UNAVAILABLE = 5;

    private static final List<String> STATES = Stream.of(State.values()).map(State::word).toList();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Pushes pushes;
    private final Supplier<PushSettings> settings;
    private final Counters counters;
    private final Time time;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();

    /** One who is told of pushes. */
    private record Follower(Caller caller, Listener listener) {}

    /**
     * The resource.
     *
     * @param settings what the rules say of pushes now
     * @param counters for what cannot be read; the queue counts what it refuses by itself
     */
    public PushesResource(
            Pushes pushes, Supplier<PushSettings> settings, Counters counters, Time time) {
        this.pushes = pushes;
        this.counters = counters;
        this.settings = settings;
        this.time = time;
        Set<Follower> told = followers;
        pushes.follow(report -> told.forEach(it -> tell(it, report)));
    }

    @Override
    public void declare(Routes routes) {
        routes.post(PUSHES, Role.OPERATOR, this::order);
        routes.get(PUSHES, Role.VIEWER, this::list);
        routes.get(PUSHES + "/{push_id}", Role.VIEWER, this::look);
        routes.delete(PUSHES + "/{push_id}", Role.OPERATOR, this::cancel);
    }

    // ---- the routes

    private Answer order(Call call) throws Refusal, InterruptedException {
        call.allow();
        requireOn();
        OrderedPush ordered = new OrderedPush(call.body(), time.now(), settings.get());
        String name = call.caller().name();
        Optional<PushOrder> order =
                ordered.read("api " + name, call.header(OrderedPush.IDEMPOTENCY_KEY));
        if (order.isEmpty()) {
            List<OrderedPush.Problem> problems = ordered.problems();
            counters.increment("push.refused." + word(problems.getFirst().field()));
            return wrong(problems);
        }
        return switch (submit(order.get())) {
            case Accepted(PushReport report, boolean again) -> {
                log.info(
                        "{} orders push {} ({}){}",
                        LogText.of(name),
                        report.id(),
                        LogText.of(report.what()),
                        again ? " once more: it was accepted before" : "");
                yield new Answer.WithHeaders(
                        new Answer.Json(again ? 200 : 202, json(report, call.caller())),
                        Map.of("Location", PUSHES + "/" + report.id()));
            }
            case Refused refused -> refused(refused, ordered);
        };
    }

    private Pushes.Submission submit(PushOrder order) throws InterruptedException {
        CompletableFuture<Pushes.Submission> submission = pushes.submit(order);
        try {
            return submission.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Refused(
                    Why.UNAVAILABLE,
                    "the store has not answered within %d s: whether the push is kept is not known"
                            .formatted(PATIENCE.toSeconds()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("an order has failed", e.getCause());
        }
    }

    /** The cause that such an order is counted under, as the queue counts those that it refuses. */
    private static String word(String field) {
        return switch (field) {
            case OrderedPush.MSISDN -> "number";
            case OrderedPush.TEXT, OrderedPush.SCRIPT, OrderedPush.EXPIRES -> field;
            default -> "order";
        };
    }

    private Answer refused(Refused refused, OrderedPush ordered) throws Refusal {
        return switch (refused.why()) {
            case OFF -> throw Refusal.notFound(refused.detail());
            case NUMBER -> wrong(OrderedPush.MSISDN, refused, ordered);
            case TEXT -> wrong(OrderedPush.TEXT, refused, ordered);
            case SCRIPT -> wrong(OrderedPush.SCRIPT, refused, ordered);
            case EXPIRES -> wrong(OrderedPush.EXPIRES, refused, ordered);
            case ORDER -> wrong("", refused, ordered);
            case CONFLICT -> throw Refusal.conflict(refused.detail());
            case FULL ->
                    later(
                            429,
                            refused.detail(),
                            pushes.standing().held() == null ? SOON : WHEN_HELD);
            case UNAVAILABLE, STOPPING -> later(503, refused.detail(), WHEN_UNAVAILABLE);
        };
    }

    /** The queue names what it finds first. */
    private static Answer wrong(String field, Refused refused, OrderedPush ordered) {
        List<OrderedPush.Problem> all = ordered.problems();
        return wrong(
                all.isEmpty() ? List.of(new OrderedPush.Problem(field, refused.detail())) : all);
    }

    /** All that is wrong: in one text for people, and by field for programs. */
    private static Answer wrong(List<OrderedPush.Problem> problems) {
        ObjectNode answer = JSON.objectNode();
        answer.put(
                "error",
                String.join("; ", problems.stream().map(OrderedPush.Problem::text).toList()));
        ArrayNode each = answer.putArray("problems");
        problems.forEach(it -> each.addObject().put("field", it.field()).put("text", it.text()));
        return new Answer.Json(400, answer);
    }

    private static Answer later(int status, String why, int seconds) {
        return new Answer.WithHeaders(
                new Answer.Json(status, JSON.objectNode().put("error", why)),
                Map.of("Retry-After", Integer.toString(seconds)));
    }

    private Answer list(Call call) throws Refusal {
        call.allow("state", "msisdn", "limit");
        requireOn();
        String msisdn = call.number("msisdn");
        String state = call.query("state");
        if (state != null && !STATES.contains(state)) {
            throw Refusal.badRequest(
                    "state is '%s'%s; allowed are %s"
                            .formatted(
                                    state,
                                    Nearest.suggestion(state, STATES),
                                    String.join(", ", STATES)));
        }
        int limit = call.query("limit", USUAL, 1, MOST);
        boolean all = state == null && msisdn == null;
        List<PushReport> latest = pushes.latest(all ? limit + 1 : LOOKED_AT);
        List<PushReport> found =
                latest.stream()
                        .filter(it -> state == null || it.state().word().equals(state))
                        .filter(it -> msisdn == null || it.msisdn().startsWith(msisdn))
                        .limit(limit + 1L)
                        .toList();
        ObjectNode answer = JSON.objectNode();
        ArrayNode each = answer.putArray("pushes");
        found.stream().limit(limit).forEach(it -> each.add(json(it, call.caller())));
        answer.put("more", found.size() > limit || latest.size() == LOOKED_AT);
        answer.set("standing", json(pushes.standing()));
        ArrayNode scripts = answer.putArray("scripts");
        settings.get().scripts().forEach(scripts::add);
        return Answer.json(answer);
    }

    private Answer look(Call call) throws Refusal, InterruptedException {
        call.allow("wait_ms");
        requireOn();
        String id = call.path("push_id");
        int wait = call.query("wait_ms", 0, 0, MAX_WAIT);
        if (wait > 0) {
            CompletableFuture<Optional<PushReport>> ended = pushes.ended(id);
            try {
                return answer(call, ended.get(wait, TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                ended.cancel(false); // it is told how it is instead
            } catch (ExecutionException e) {
                return unavailable(e);
            }
        }
        return answered(call, pushes.find(id));
    }

    private Answer cancel(Call call) throws Refusal, InterruptedException {
        call.allow();
        requireOn();
        String id = call.path("push_id");
        Optional<PushReport> report;
        try {
            report = pushes.cancel(id).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return late();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Pushes.OwnerException other) {
                throw Refusal.conflict(String.valueOf(other.getMessage()));
            }
            return unavailable(e);
        }
        if (report.isPresent() && report.get().state() != State.CANCELLED) {
            throw Refusal.conflict(
                    "push %s is %s: it is too late to withdraw it; allowed is that while it waits for its turn or for another attempt"
                            .formatted(LogText.of(id), report.get().state().word()));
        }
        Answer answer = answer(call, report);
        log.info("{} withdraws push {}", LogText.of(call.caller().name()), LogText.of(id));
        return answer;
    }

    private Answer answered(Call call, CompletableFuture<Optional<PushReport>> report)
            throws Refusal, InterruptedException {
        try {
            return answer(call, report.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return late();
        } catch (ExecutionException e) {
            return unavailable(e);
        }
    }

    private Answer answer(Call call, Optional<PushReport> report) throws Refusal {
        PushReport found =
                report.orElseThrow(
                        () ->
                                Refusal.notFound(
                                        "there is no push %s, or it ended longer ago than push: keep says"
                                                .formatted(LogText.of(call.path("push_id")))));
        return Answer.json(withHeld(json(found, call.caller()), found));
    }

    private static Answer late() {
        return later(
                503,
                "the store has not answered within %d s".formatted(PATIENCE.toSeconds()),
                WHEN_UNAVAILABLE);
    }

    private static Answer unavailable(ExecutionException e) {
        if (e.getCause() instanceof Pushes.StoreException store) {
            return later(503, String.valueOf(store.getMessage()), WHEN_UNAVAILABLE);
        }
        throw new IllegalStateException("pushes could not be asked", e.getCause());
    }

    private void requireOn() throws Refusal {
        if (!settings.get().isOn()) {
            throw Refusal.notFound(
                    "there are no pushes: the rules have no push: route (engine/docs/push.md)");
        }
    }

    // ---- news

    @Override
    public Set<String> topics() {
        return Set.of("pushes");
    }

    @Override
    public Following follow(Wish wish, Listener listener) {
        Follower follower = new Follower(wish.caller(), listener);
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    private static void tell(Follower follower, PushReport report) {
        follower.listener().tell("push", () -> json(report, follower.caller()));
    }

    // ---- what callers see

    private static ObjectNode json(Pushes.Standing standing) {
        return JSON.objectNode()
                .put("waiting", standing.waiting())
                .put("running", standing.running())
                .put("max", standing.max())
                .put("held", standing.held())
                .put("holder", standing.holder());
    }

    /** A push as this caller may see it. */
    private static ObjectNode json(PushReport report, Caller caller) {
        ObjectNode json = PushJson.of(report);
        json.put("msisdn", caller.number(report.msisdn()));
        String answer = report.answer();
        return answer == null ? json : json.put("answer", caller.text(answer));
    }

    /** Of one that waits for its turn, also why none of its kind begins now. */
    private ObjectNode withHeld(ObjectNode json, PushReport report) {
        String held = report.state() == State.QUEUED ? pushes.standing().held() : null;
        boolean isPassed =
                report.priority() == PushOrder.Priority.URGENT && "quiet_hours".equals(held);
        return held == null || isPassed ? json : json.put("held", held);
    }
}
