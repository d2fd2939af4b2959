package io.moondial.admin;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /health/live} and {@code /health/ready}, for what supervises the process. They need no
 * login, so they say nothing of subscribers, scripts or files.
 */
public final class HealthResource implements Resource {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final Supplier<List<Check>> live;
    private final Supplier<List<Check>> ready;

    /**
     * One thing that has to be so.
     *
     * @param name of it, for programs
     * @param text what is so now, in a sentence
     */
    public record Check(String name, boolean ok, String text) {}

    /**
     * A resource.
     *
     * @param live whether the process works at all: if not, only a restart helps
     * @param ready whether traffic can come, and is served as the files say
     */
    public HealthResource(Supplier<List<Check>> live, Supplier<List<Check>> ready) {
        this.live = live;
        this.ready = ready;
    }

    @Override
    public void declare(Routes routes) {
        routes.open("/health/live", call -> answer(call, live.get()));
        routes.open("/health/ready", call -> answer(call, wanted(call, ready.get())));
    }

    /**
     * Those that the caller has not left out: who takes an engine out of service does not want to
     * do so because somebody has saved a broken file on all of them.
     */
    private static List<Check> wanted(Call call, List<Check> checks) throws Refusal {
        call.allow("without");
        String given = call.query("without");
        if (given == null) {
            return checks;
        }
        Set<String> names = checks.stream().map(Check::name).collect(Collectors.toSet());
        List<String> without = List.of(given.split(",", -1));
        for (String name : without) {
            if (!names.contains(name)) {
                throw Refusal.badRequest(
                        "without has '%s'; allowed are names of checks with commas between them: %s"
                                .formatted(
                                        name,
                                        checks.stream()
                                                .map(Check::name)
                                                .collect(Collectors.joining(", "))));
            }
        }
        return checks.stream().filter(it -> !without.contains(it.name())).toList();
    }

    private static Answer answer(Call call, List<Check> checks) {
        boolean ok = checks.stream().allMatch(Check::ok);
        ObjectNode health = call.json().createObjectNode().put("status", ok ? "ok" : "not_ready");
        ArrayNode each = health.putArray("checks");
        for (Check check : checks) {
            each.addObject()
                    .put("name", check.name())
                    .put("ok", check.ok())
                    .put("text", check.text());
        }
        return new Answer.Json(ok ? OK : UNAVAILABLE, health);
    }
}
