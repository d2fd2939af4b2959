package io.moondial.channel.ss7;

import io.moondial.channel.ss7.OutgoingComponent.InvokeTiming;
import io.moondial.dialog.Component;
import io.moondial.dialog.Operation;
import io.moondial.text.UssdString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.MAPDialogImpl;
import org.restcomm.protocols.ss7.map.MAPProviderImpl;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.map.service.supplementary.MAPServiceSupplementaryImpl;
import org.restcomm.protocols.ss7.tcap.api.TCAPProvider;
import org.restcomm.protocols.ss7.tcap.api.tc.dialog.events.TCBeginIndication;
import org.restcomm.protocols.ss7.tcap.asn.comp.ComponentType;
import org.restcomm.protocols.ss7.tcap.asn.comp.Invoke;
import org.restcomm.protocols.ss7.tcap.asn.comp.OperationCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
import org.restcomm.protocols.ss7.tcap.tc.dialog.events.TCBeginIndicationImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stack's own MAP layer with nothing above it: every dialog is shown the same menus, whatever
 * is answered, then a final text. It decodes nothing, checks nothing and records nothing, so no
 * engine on this stack is faster.
 */
final class EchoMapProvider extends MAPProviderImpl implements InvokeTiming {
    private static final Logger log = LoggerFactory.getLogger(EchoMapProvider.class);

    /**
     * An echo that is not started.
     *
     * @param menus what is asked, in turn
     * @param last the final text
     */
    EchoMapProvider(String name, TCAPProvider tcap, List<UssdString> menus, UssdString last) {
        super(name, tcap);
        Service service = new Service(this, List.copyOf(menus), last);
        mapServices.clear();
        mapServices.add(service);
        service.acivate();
    }

    @Override
    public long invokeTimeout() {
        return 0;
    }

    /** Without a MAP-open, which handsets may leave out, the stack would abort. */
    @Override
    public void onTCBegin(TCBeginIndication indication) {
        if (indication.getUserInformation() == null) {
            ((TCBeginIndicationImpl) indication).setUserInformation(MapOpen.empty());
        }
        super.onTCBegin(indication);
    }

    /** How far a dialog is. */
    private record Progress(int invokeId, int asked) {}

    private static final class Service extends MAPServiceSupplementaryImpl {
        private final List<UssdString> menus;
        private final UssdString last;

        Service(EchoMapProvider provider, List<UssdString> menus, UssdString last) {
            super(provider);
            this.menus = menus;
            this.last = last;
        }

        @Override
        public void processComponent(
                ComponentType type,
                @Nullable OperationCode operation,
                @Nullable Parameter parameter,
                MAPDialog dialog,
                Long invokeId,
                @Nullable Long linkedId,
                @Nullable Invoke linkedInvoke) {
            Progress progress =
                    type == ComponentType.Invoke
                            ? new Progress(invokeId.intValue(), 0)
                            : (Progress) dialog.getUserObject();
            try {
                next((MAPDialogImpl) dialog, progress);
            } catch (MAPException | RuntimeException e) {
                log.error("the echo cannot answer", e); // the stack would say nothing of it
            }
        }

        private void next(MAPDialogImpl dialog, Progress progress) throws MAPException {
            if (progress.asked() == menus.size()) {
                OutgoingComponent.queue(
                        dialog,
                        new Component.Result(
                                progress.invokeId(),
                                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                last));
                dialog.close(false);
                return;
            }
            int asked = progress.asked() + 1;
            dialog.setUserObject(new Progress(progress.invokeId(), asked));
            OutgoingComponent.queue(
                    dialog,
                    new Component.Invoke(
                            asked, Operation.UNSTRUCTURED_SS_REQUEST, menus.get(asked - 1)));
            dialog.send();
        }
    }
}
