"""What a provider may raise. The one that matters most is `SubmitUncertain`.

ProviderError
├── NotSubmitted        nothing was sent or taken: safe to submit again
│   └── RateLimited     and not before `retry_after_seconds`
├── SubmitUncertain     a task may exist: never submit again blindly
├── RequestRejected     the member's input cannot be used
├── Refused             the provider's moderation said no
├── OutOfCredit         the owner's account at the provider is empty
├── KeyRefused          the owner's key is wrong, or may not use this model
├── TaskLost            the provider no longer knows the task
├── CannotTell          the provider has no way to say what was asked
├── Unreachable         a read did not get an answer: safe to repeat
└── NotGenuine          a webhook that the provider did not send
"""

from __future__ import annotations


class ProviderError(Exception):
    """Anything a provider may raise. Its text is for the operator's log: no key, no prompt."""


class NotSubmitted(ProviderError):
    """Nothing was taken by the provider; the same submit may be sent again."""


class RateLimited(NotSubmitted):
    """The provider asks to wait."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"rate limited for {retry_after_seconds:.0f} s")
        self.retry_after_seconds = retry_after_seconds


class SubmitUncertain(ProviderError):
    """The submit may have arrived; only a look-up may decide what happens next."""


class RequestRejected(ProviderError):
    """The provider cleanly rejected the member's input."""


class Refused(ProviderError):
    """The provider's moderation refused the request."""


class OutOfCredit(ProviderError):
    """The owner's account at the provider cannot pay."""


class KeyRefused(ProviderError):
    """The provider does not take the owner's key, or not for this model."""


class TaskLost(ProviderError):
    """The provider does not know this task (any more)."""


class CannotTell(ProviderError):
    """This provider cannot say what was asked of it."""


class Unreachable(ProviderError):
    """A read failed on the way; repeat it later."""


class NotGenuine(ProviderError):
    """A call of our webhook that does not prove it comes from the provider."""
