package io.moondial.channel.ss7;

import io.moondial.channel.ss7.MapLink.Received;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.SendContext.OfPoint;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.dialog.Incoming.Aborted.Cause;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContext;
import org.restcomm.protocols.ss7.map.api.MAPApplicationContextName;
import org.restcomm.protocols.ss7.map.api.MAPDialog;
import org.restcomm.protocols.ss7.map.api.MAPDialogListener;
import org.restcomm.protocols.ss7.map.api.dialog.MAPAbortProviderReason;
import org.restcomm.protocols.ss7.map.api.dialog.MAPAbortSource;
import org.restcomm.protocols.ss7.map.api.dialog.MAPNoticeProblemDiagnostic;
import org.restcomm.protocols.ss7.map.api.dialog.MAPRefuseReason;
import org.restcomm.protocols.ss7.map.api.dialog.MAPUserAbortChoice;
import org.restcomm.protocols.ss7.map.api.dialog.ServingCheckData;
import org.restcomm.protocols.ss7.map.api.dialog.ServingCheckResult;
import org.restcomm.protocols.ss7.map.api.errors.MAPErrorMessage;
import org.restcomm.protocols.ss7.map.api.primitives.AddressString;
import org.restcomm.protocols.ss7.map.api.primitives.MAPExtensionContainer;
import org.restcomm.protocols.ss7.map.dialog.ServingCheckDataImpl;
import org.restcomm.protocols.ss7.map.service.supplementary.MAPServiceSupplementaryImpl;
import org.restcomm.protocols.ss7.tcap.asn.ApplicationContextName;
import org.restcomm.protocols.ss7.tcap.asn.comp.ComponentType;
import org.restcomm.protocols.ss7.tcap.asn.comp.GeneralProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.Invoke;
import org.restcomm.protocols.ss7.tcap.asn.comp.InvokeProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.OperationCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
import org.restcomm.protocols.ss7.tcap.asn.comp.Problem;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnErrorProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnResultProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MAP service of the application contexts networkUnstructuredSs and shortMsgGateway, of which
 * only the routing of short messages is used: it hands each component to its dialog's link.
 */
final class UssdMapService extends MAPServiceSupplementaryImpl {
    UssdMapService(UssdMapProvider provider) {
        super(provider);
    }

    @Override
    public ServingCheckData isServingService(MAPApplicationContext context) {
        if (SmRouting.isAbout(context)) {
            // One that the provider lets through: which these are it has said already.
            return new ServingCheckDataImpl(ServingCheckResult.AC_Serving);
        }
        return context.getApplicationContextName()
                        == MAPApplicationContextName.networkUnstructuredSsContext
                ? super.isServingService(context)
                : new ServingCheckDataImpl(ServingCheckResult.AC_NotServing);
    }

    @Override
    public void processComponent(
            ComponentType type,
            @Nullable OperationCode operationCode,
            @Nullable Parameter parameter,
            MAPDialog dialog,
            Long invokeId,
            @Nullable Long linkedId,
            @Nullable Invoke linkedInvoke) {
        int operation = localCode(operationCode);
        int id = invokeId.intValue();
        MapLink.of(dialog)
                .add(
                        type == ComponentType.Invoke
                                ? new Received.Invoke(id, operation, parameter)
                                : new Received.Other(
                                        SmRouting.isAbout(dialog.getApplicationContext())
                                                ? SmRouting.Result.component(
                                                        id, operation, parameter)
                                                : result(id, operation, parameter)));
    }

    private static int localCode(@Nullable OperationCode code) {
        Long local = code == null ? null : code.getLocalOperationCode();
        return local == null ? Operation.NO_LOCAL_CODE : local.intValue();
    }

    private static Component result(int invokeId, int operation, @Nullable Parameter parameter) {
        if (parameter == null) {
            return new Component.Result(invokeId, operation, null);
        }
        try {
            return new Component.Result(invokeId, operation, UssdParameter.read(parameter).ussd());
        } catch (MalformedException e) {
            return new Component.Undecodable(invokeId, operation, String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected void deliverErrorComponent(MAPDialog dialog, Long invokeId, MAPErrorMessage error) {
        int code = error.getErrorCode().intValue();
        MapLink.of(dialog)
                .add(new Received.Other(new Component.ErrorReturned(invokeId.intValue(), code)));
    }

    /**
     * A Reject of ours comes here too: then the stack has refused something that the far side sent.
     */
    @Override
    protected void deliverRejectComponent(
            MAPDialog dialog, @Nullable Long invokeId, Problem problem, boolean localOriginated) {
        MapLink link = MapLink.of(dialog);
        if (localOriginated) {
            link.addRejected(refusedHere(invokeId, problem));
        } else {
            link.add(
                    new Received.Other(
                            new Component.Rejected(number(invokeId), ProblemWords.of(problem))));
        }
    }

    /** An error that MAP does not know still ends what it answers. */
    private static Component refusedHere(@Nullable Long invokeId, Problem problem) {
        return invokeId != null
                        && problem.getReturnErrorProblemType()
                                == ReturnErrorProblemType.UnrecognizedError
                ? new Component.Undecodable(
                        invokeId.intValue(),
                        Operation.NO_LOCAL_CODE,
                        "its error code is none of MAP's")
                : new Component.UnknownInvoke(number(invokeId), ProblemWords.of(problem));
    }

    private static @Nullable Integer number(@Nullable Long invokeId) {
        return invokeId == null ? null : invokeId.intValue();
    }

    /** What a Reject says (ITU-T Q.773 4.1), as a person reads it. */
    private static final class ProblemWords {
        private ProblemWords() {}

        static String of(Problem problem) {
            if (problem.getInvokeProblemType() != null) {
                return words(problem.getInvokeProblemType());
            }
            if (problem.getReturnResultProblemType() != null) {
                return words(problem.getReturnResultProblemType());
            }
            if (problem.getReturnErrorProblemType() != null) {
                return words(problem.getReturnErrorProblemType());
            }
            return problem.getGeneralProblemType() == null
                    ? "no problem given"
                    : words(problem.getGeneralProblemType());
        }

        private static String words(GeneralProblemType problem) {
            return switch (problem) {
                case UnrecognizedComponent -> "unrecognized component";
                case MistypedComponent -> "mistyped component";
                case BadlyStructuredComponent -> "badly structured component";
            };
        }

        private static String words(InvokeProblemType problem) {
            return switch (problem) {
                case DuplicateInvokeID -> "duplicate invoke id";
                case UnrecognizedOperation -> "unrecognized operation";
                case MistypedParameter -> "mistyped parameter of an invoke";
                case ResourceLimitation -> "resource limitation";
                case InitiatingRelease -> "initiating release";
                case UnrechognizedLinkedID -> "unrecognized linked id";
                case LinkedResponseUnexpected -> "linked response unexpected";
                case UnexpectedLinkedOperation -> "unexpected linked operation";
            };
        }

        private static String words(ReturnResultProblemType problem) {
            return switch (problem) {
                case UnrecognizedInvokeID -> "a result for an unrecognized invoke id";
                case ReturnResultUnexpected -> "unexpected result";
                case MistypedParameter -> "mistyped parameter of a result";
            };
        }

        private static String words(ReturnErrorProblemType problem) {
            return switch (problem) {
                case UnrecognizedInvokeID -> "an error for an unrecognized invoke id";
                case ReturnErrorUnexpected -> "unexpected error";
                case UnrecognizedError -> "unrecognized error";
                case UnexpectedError -> "an error that the operation does not have";
                case MistypedParameter -> "mistyped parameter of an error";
            };
        }
    }

    /** The stack's dialog callbacks, each handed to the link of its dialog. */
    static final class DialogCallbacks implements MAPDialogListener {
        private static final Logger log = LoggerFactory.getLogger(DialogCallbacks.class);

        private final BeginScreening screening;
        private final OfPoint contexts;

        DialogCallbacks(BeginScreening screening, OfPoint contexts) {
            this.screening = screening;
            this.contexts = contexts;
        }

        @Override
        @SuppressWarnings("UnusedVariable") // the link makes itself the dialog's user object
        public void onDialogRequest(
                MAPDialog dialog,
                @Nullable AddressString destination,
                @Nullable AddressString origination,
                @Nullable MAPExtensionContainer extension) {
            MapLink link = new MapLink(dialog, contexts);
        }

        @Override
        public void onDialogRequestEricsson(
                MAPDialog dialog,
                @Nullable AddressString destination,
                @Nullable AddressString origination,
                @Nullable AddressString msisdn,
                @Nullable AddressString vlr) {
            onDialogRequest(dialog, destination, origination, null);
        }

        @Override
        public void onDialogDelimiter(MAPDialog dialog) {
            MapLink link = MapLink.of(dialog);
            if (link.begun()) {
                link.continued();
            } else {
                screening.complete(link);
            }
        }

        @Override
        public void onDialogClose(MAPDialog dialog) {
            MapLink.of(dialog).ended();
        }

        @Override
        public void onDialogUserAbort(
                MAPDialog dialog,
                @Nullable MAPUserAbortChoice reason,
                @Nullable MAPExtensionContainer extension) {
            MapLink.of(dialog).aborted(new Message.Abort("TC-U-ABORT"));
        }

        @Override
        public void onDialogProviderAbort(
                MAPDialog dialog,
                MAPAbortProviderReason reason,
                @Nullable MAPAbortSource source,
                @Nullable MAPExtensionContainer extension) {
            MapLink.of(dialog).aborted(new Message.Abort(Cause.PROVIDER, "TC-P-ABORT: " + reason));
        }

        @Override
        public void onDialogReject(
                MAPDialog dialog,
                MAPRefuseReason reason,
                @Nullable ApplicationContextName alternative,
                @Nullable MAPExtensionContainer extension) {
            MapLink.of(dialog).aborted(new Message.Abort(Cause.REFUSED, "refused: " + reason));
        }

        @Override
        public void onDialogNotice(MAPDialog dialog, MAPNoticeProblemDiagnostic problem) {
            log.debug(
                    "{} {}: what was returned is known already",
                    MapLink.of(dialog).localTid(),
                    problem);
        }

        @Override
        public void onDialogTimeout(MAPDialog dialog) {
            MapLink link = MapLink.of(dialog);
            if (!link.runsOutOfTime() && !link.prolonged()) {
                log.warn(
                        "{} nothing happened for the stack's idle time: the stack ends the dialog",
                        TransactionIds.of(link.dialog().getTcapDialog()));
            }
        }

        @Override
        public void onDialogAccept(MAPDialog dialog, @Nullable MAPExtensionContainer extension) {
            // The components and the delimiter of the same message follow.
        }

        @Override
        public void onDialogRelease(MAPDialog dialog) {
            MapLink link = MapLink.of(dialog);
            link.released();
            screening.over(link);
        }
    }
}
