package io.moondial.dialogtest.run;

import io.moondial.Rules;
import io.moondial.channel.Address;
import io.moondial.channel.embedded.EmbeddedNetwork;
import io.moondial.dialog.DialogKind;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.language.Step;
import io.moondial.dialogtest.language.Template;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.rules.NotifySettings;
import io.moondial.rules.TriggerRequest;
import io.moondial.rules.TriggerTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tests are about which scripts: those whose triggers answer what a test dials or pushes, and
 * those that it orders. A test that goes on in the dialog of the one above it is about the same
 * scripts.
 */
public final class Subjects {
    /** What stands for a variable in what is dialled: a digit, as in most codes. */
    private static final String ANY = "0";

    private final Rules rules;

    /**
     * A script as a test reaches it.
     *
     * @param service the section of the rules: process, notify or push
     */
    public record Subject(String service, String key) {}

    /** By these rules. */
    public Subjects(Rules rules) {
        this.rules = rules;
    }

    /**
     * The tests about a script, in their order, with those whose dialogs they go on with.
     *
     * @param tests of any files
     */
    public List<DialogTest> about(Subject subject, List<DialogTest> tests) {
        List<DialogTest> about = new ArrayList<>();
        for (List<DialogTest> scene : Suite.scenes(tests)) {
            if (of(scene).contains(subject)) {
                about.addAll(scene);
            }
        }
        return about;
    }

    private Set<Subject> of(List<DialogTest> scene) {
        Set<Subject> subjects = new HashSet<>();
        Map<String, TestHandset> handsets = new HashMap<>();
        TestHandset first = new TestHandset("");
        TestHandset handset = first;
        handsets.put(first.name, first);
        for (DialogTest test : scene) {
            for (Step step : test.steps()) {
                switch (step) {
                    case Step.Use(var at, String name) ->
                            handset = handsets.computeIfAbsent(name, first::like);
                    case Step.Setting setting -> handset.set(setting);
                    case Step.Open open -> find(open, handset).ifPresent(subjects::add);
                    case Step.Order(var at, Step.Ordered.Script(String key), var arguments) ->
                            subjects.add(new Subject(DialogKind.PUSHED.section(), key));
                    default -> {}
                }
            }
        }
        return subjects;
    }

    private Optional<Subject> find(Step.Open open, TestHandset handset) {
        DialogKind kind = open.push() ? DialogKind.NOTIFIED : DialogKind.DIALLED;
        TriggerTable table = table(kind);
        if (table == null) {
            return Optional.empty();
        }
        Subscriber subscriber = handset.subscriber();
        Address to = subscriber.destination();
        TriggerRequest request =
                new TriggerRequest(
                        text(open.text()),
                        digits(to),
                        digits(subscriber.origination()),
                        digits(subscriber.msisdn()),
                        to != null && to.isImsi() ? to.digits() : null,
                        EmbeddedNetwork.HANDSET_GLOBAL_TITLE,
                        subscriber.ssn());
        return table.match(request).map(it -> new Subject(kind.section(), it.script()));
    }

    private @Nullable TriggerTable table(DialogKind kind) {
        NotifySettings pushed = rules.inboundNotify();
        if (kind == DialogKind.DIALLED) {
            return rules.process().triggers();
        }
        return pushed == null ? null : pushed.triggers();
    }

    private static String text(Template text) {
        Map<String, String> values = new HashMap<>();
        text.variables().forEach(it -> values.put(it, ANY));
        return Objects.requireNonNull(text.fill(values));
    }

    private static @Nullable String digits(@Nullable Address address) {
        return address == null ? null : address.digits();
    }
}
