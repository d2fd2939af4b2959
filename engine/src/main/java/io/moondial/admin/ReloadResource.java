package io.moondial.admin;

import io.moondial.problem.Problem;
import io.moondial.problem.Problem.ProblemPrinter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/reload}: rules and scripts are read again, and come into service if they are sound.
 */
public final class ReloadResource implements Resource, EventSource {
    /** Files rest within a second; only somebody who writes them all the time makes this long. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Function<String, CompletableFuture<Outcome>> reload;
    private final Duration patience;
    private final JsonMapper json = new JsonMapper();
    private final Map<Listener, Caller> listeners = new ConcurrentHashMap<>();

    /**
     * What became of a reload that was asked for.
     *
     * @param text in words, such as what differs now
     * @param problems of what is on the disk; warnings too
     */
    public record Outcome(Kind kind, String text, List<Problem> problems) {
        /** An answer has no more problems; {@code ussd check} shows all. */
        private static final int MAX_TOLD = 1_000;

        /** The word for it. */
        public enum Kind {
            RELOADED("reloaded"),
            /** What is on the disk was in service already. */
            UNCHANGED("unchanged"),
            /** What was in service stays. */
            REFUSED("refused");

            private final String word;

            Kind(String word) {
                this.word = word;
            }

            /** As programs read it. */
            public String word() {
                return word;
            }
        }

        public Outcome {
            problems = List.copyOf(problems);
        }

        /** The same problems, said of something else. */
        public Outcome as(Kind newKind, String newText) {
            return new Outcome(newKind, newText, problems);
        }

        /** The answer to whoever asked. */
        public ObjectNode toJson(JsonMapper json) {
            ObjectNode object =
                    json.createObjectNode().put("outcome", kind.word()).put("text", text);
            List<Problem> told = problems.stream().limit(MAX_TOLD).toList();
            object.set("problems", RulesResource.problems(json, told));
            return object.put("printed", ProblemPrinter.print(told));
        }

        /** The lines of files that problems stand in are for those who may read the files. */
        private ObjectNode asSeenBy(Caller caller, JsonMapper json) {
            ObjectNode object = toJson(json);
            if (!caller.role().mayDo(Role.OPERATOR)) {
                object.remove("printed");
                object.put("text", caller.text(text));
                for (JsonNode problem : object.path("problems")) {
                    ((ObjectNode) problem)
                            .put("text", caller.text(problem.path("text").asString("")));
                }
            }
            return object;
        }
    }

    /** Has rules and scripts read again; from any thread. */
    @FunctionalInterface
    public interface Reload {
        /**
         * Waits until they have been read since the call.
         *
         * @param by the name of whoever asks for it
         * @return what came of it
         * @throws Refusal if the files do not come to rest, or the engine does not follow them
         */
        Outcome reload(String by) throws Refusal, InterruptedException;
    }

    /**
     * A resource that has reloads done elsewhere.
     *
     * @param reload begins one for somebody of this name; its future is cancelled if the engine
     *     stops before it is done
     */
    public ReloadResource(Function<String, CompletableFuture<Outcome>> reload) {
        this(reload, PATIENCE);
    }

    ReloadResource(Function<String, CompletableFuture<Outcome>> reload, Duration patience) {
        this.reload = reload;
        this.patience = patience;
    }

    @Override
    public void declare(Routes routes) {
        routes.post(
                "/v1/reload",
                Role.OPERATOR,
                call -> {
                    call.allow();
                    return Answer.json(reload(call.caller().name()).toJson(call.json()));
                });
    }

    @Override
    public Set<String> topics() {
        return Set.of("reload");
    }

    @Override
    public Following follow(Wish wish, Listener listener) {
        listeners.put(listener, wish.caller());
        return () -> listeners.remove(listener);
    }

    /** Files were looked at, whoever wished it, and this came of it. */
    public void tell(Outcome outcome) {
        listeners.forEach((it, caller) -> it.tell("reload", () -> outcome.asSeenBy(caller, json)));
    }

    /** Begins a reload for somebody of this name, and waits for what comes of it. */
    public Outcome reload(String by) throws Refusal, InterruptedException {
        try {
            return reload.apply(by).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Refusal.conflict(
                    "the files have not come to rest within %d s: nothing is reloaded until they stop changing"
                            .formatted(patience.toSeconds()));
        } catch (CancellationException e) {
            throw Refusal.conflict(
                    "the engine stops, or does not follow changes: nothing is reloaded");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reload broke", e.getCause());
        }
    }
}
