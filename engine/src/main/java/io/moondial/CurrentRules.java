package io.moondial;

import io.moondial.admin.RulesResource.RulesInForce;
import io.moondial.config.ChangedSettings.Setting;
import io.moondial.dialog.DialogKind;
import io.moondial.problem.Problem;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.TriggerTable;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of a running engine, for those who ask. */
record CurrentRules(Configuration now, Reloading reloading) implements RulesInForce {
    @Override
    public Path file() {
        return now.rules().file();
    }

    @Override
    public String text() {
        return now.rules().print();
    }

    @Override
    public List<Setting> settings() {
        return now.rules().settings();
    }

    @Override
    public List<String> waiting() {
        return reloading.status().waiting();
    }

    @Override
    public List<Problem> problems() {
        return reloading.problems();
    }

    @Override
    public @Nullable TriggerTable triggers(DialogKind kind) {
        NotifySettings inbound = now.rules().inboundNotify();
        return switch (kind) {
            case DIALLED -> now.rules().process().triggers();
            case NOTIFIED -> inbound == null ? null : inbound.triggers();
            case PUSHED -> null;
        };
    }
}
