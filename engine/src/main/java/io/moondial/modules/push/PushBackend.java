package io.moondial.modules.push;

import io.moondial.config.Schema;
import io.moondial.push.Orders;
import io.moondial.push.PushQueue;
import io.moondial.push.PushSettings;
import io.moondial.push.Pushes;
import io.moondial.script.api.ApiFunction.OptionUse;
import io.moondial.script.api.Backend;
import io.moondial.script.api.DurationOption;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands behind the module {@code push}: the queue of the engine. */
final class PushBackend implements Backend<PushSettings, Pushes> {
    static final String OFF =
            "the rules have no section push, so there are no pushes; push: {route: hlr} is the shortest one";

    @Override
    public Class<Pushes> type() {
        return Pushes.class;
    }

    @Override
    public Schema<PushSettings> settings() {
        return PushSettings.schema();
    }

    @Override
    public Pushes start(PushSettings settings, Time time) {
        return new PushQueue(settings, time);
    }

    @Override
    public void reload(Pushes running, PushSettings before, PushSettings after) {
        ((PushQueue) running).reload(after);
    }

    @Override
    public void stop(Pushes started) {
        ((PushQueue) started).close();
    }

    @Override
    public StandIn<Pushes> standIn(PushSettings settings, TestWorld world) {
        return new PushStandIn(settings, world);
    }

    @Override
    public Optional<Mistake> objection(Line line, String text) {
        return PushStandIn.objection(line, text).map(Mistake::of);
    }

    /** {@code push} begins a dialog in such a test. */
    @Override
    public String checkWord(String module) {
        return "pushes";
    }

    @Override
    public Optional<String> objection(
            PushSettings settings, String function, List<@Nullable String> literals) {
        return settings.isOn() ? Optional.empty() : Optional.of(OFF);
    }

    @Override
    public Optional<String> objection(PushSettings settings, OptionUse use) {
        String value = String.valueOf(use.argument());
        if (!settings.isOn()) {
            return Optional.empty(); // the call as a whole is wrong
        }
        return switch (use.option()) {
            case PushOptions.SCRIPT_KEY -> Optional.ofNullable(Orders.unlisted(value, settings));
            case PushOptions.EXPIRES -> expires(settings, value);
            case PushOptions.CALLBACK ->
                    settings.callback() == null && value.equals("true")
                            ? Optional.of("nobody can be told: the rules have no push: callback")
                            : Optional.empty();
            default -> throw new IllegalArgumentException(use.option());
        };
    }

    private static Optional<String> expires(PushSettings settings, String written) {
        Duration duration = DurationOption.ofText(written);
        return duration.compareTo(settings.maxExpires()) > 0
                ? Optional.of(
                        "%s is longer than a push may wait (push: max_expires)".formatted(written))
                : Optional.empty();
    }
}
