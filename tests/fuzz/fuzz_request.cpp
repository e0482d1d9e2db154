// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT
//
// An input consists of a byte of options and the frames, each after a size of two bytes.

#include "fuzz.h"

#include "policy/decide.h"
#include "protocol/loworderkey.h"
#include "protocol/qzaprequest_p.h"
#include "protocol/reply.h"
#include "protocol/request.h"

#include <QtCore/qdebug.h>

#include <memory>
#include <vector>

using namespace QZap;
using namespace QZap::Internal;
using namespace Qt::StringLiterals;
using Fuzz::require;

namespace {

enum Option : std::uint8_t {
    Latin1 = 0x01,
    Enveloped = 0x02,
    Cut = 0x04, // more frames were sent than are available
};

constexpr std::size_t MaximumFrames = 32;
const QByteArray KnownKey(CurveKeySize, 'k');

// Stores each frame in separate memory, so that reading beyond its end is detected.
class Frames
{
public:
    Frames() = default;
    explicit Frames(Fuzz::Input *input)
    {
        while (!input->isEmpty() && m_views.size() < MaximumFrames)
            add(input->sized());
    }
    void add(QByteArrayView frame)
    {
        const auto size = static_cast<std::size_t>(frame.size());
        m_memory.emplace_back(new char[size]);
        std::copy_n(frame.data(), size, m_memory.back().get());
        m_views.emplace_back(m_memory.back().get(), frame.size());
    }
    const QByteArrayView *data() const { return m_views.data(); }
    qsizetype size() const { return static_cast<qsizetype>(m_views.size()); }
    QByteArrayView operator[](qsizetype i) const { return m_views[static_cast<std::size_t>(i)]; }

private:
    std::vector<std::unique_ptr<char[]>> m_memory;
    std::vector<QByteArrayView> m_views;
};

bool isWithin(QByteArrayView part, QByteArrayView whole)
{
    return part.begin() >= whole.begin() && part.end() <= whole.end();
}

bool isWithin(QByteArrayView part, const Frames &frames)
{
    for (qsizetype i = 0; i < frames.size(); ++i) {
        if (isWithin(part, frames[i]))
            return true;
    }
    return part.isEmpty();
}

void requireViews(const Request &request, const Frames &frames)
{
    for (const QByteArrayView view : {request.requestId, request.domain, request.address,
                                      request.identity, request.password, request.publicKey})
        require(isWithin(view, frames), "what is read lies within a frame");
    require(isWithin(request.name, frames) || isWithin(request.name, request.decodedName),
            "the name lies within a frame or what was decoded");
    require(isCleanText(request.domain), "a domain is always clean text");
    require(isCleanText(request.name), "a name is always clean text");
}

void requireReply(QByteArrayView requestId, const Reply &reply)
{
    const QByteArrayList frames = replyFrames(requestId, reply);
    require(frames.size() == 6, "a reply has six frames");
    require(frames[0] == ZapVersion, "a reply has the version");
    require(frames[1] == requestId, "a reply has the id of the request");
    require(frames[2] == reply.code && frames[3] == reply.text, "a reply has its status");
    require(frames[4] == reply.userId && frames[5] == reply.metadata, "a reply has who it is");
}

struct Policies
{
    Policy none;    // nothing is configured
    Policy guarded; // one known peer for each mechanism
    Policy addresses;
    Policy hashed;
    Policy locked;
};

Policies makePolicies()
{
    auto plain = std::make_shared<DomainPolicy>();
    auto passwords = std::make_shared<PasswordStore>();
    passwords->insert("admin", "secret");
    plain->passwords = passwords;
    auto curve = std::make_shared<DomainPolicy>();
    KeyStore::Builder keys;
    keys.add(reinterpret_cast<const uchar *>(KnownKey.data()), "alice");
    curve->keys = keys.build();
    auto gssapi = std::make_shared<DomainPolicy>();
    gssapi->principals = {"bob@EXAMPLE.ORG"};
    auto hashed = std::make_shared<DomainPolicy>();
    auto hashes = std::make_shared<PasswordStore>();
    hashes->insertHash("admin", PasswordHash::headOf({8, 1}) + PasswordHash::randomTail());
    hashed->passwords = hashes;

    auto table = std::make_shared<DomainTable>();
    auto hashedTable = std::make_shared<DomainTable>();
    for (const auto &domain : {plain, curve, gssapi, hashed})
        domain->state = DomainPolicy::State::Ready;
    table->insert("*", Mechanism::Plain, plain);
    table->insert("*", Mechanism::Curve, curve);
    table->insert("*", Mechanism::Gssapi, gssapi);
    hashedTable->insert("global", Mechanism::Plain, hashed);

    auto rules = std::make_shared<AddressRules>();
    for (const QString &text : {u"127.0.0.0/8"_s, u"ipc:uid=1000"_s})
        rules->add(*AddressRule::fromText(text));

    Policies result;
    result.guarded.domains = table;
    result.addresses = result.guarded;
    result.addresses.addressMode = AddressMode::Allow;
    result.addresses.addresses = rules;
    result.hashed.domains = hashedTable;
    result.locked = result.none;
    result.locked.lockdown = true;
    return result;
}

bool isKnown(const Request &request)
{
    switch (request.mechanism) {
    case Mechanism::Plain:
        return request.name == "admin" && request.password == "secret";
    case Mechanism::Curve:
        return request.publicKey == KnownKey;
    case Mechanism::Gssapi:
        return request.name == "bob@EXAMPLE.ORG";
    case Mechanism::Null:
    case Mechanism::Unknown:
        break;
    }
    return false;
}

// Checks that encoding the parts in UTF-8 results in the same request.
void requireRoundTrip(const Request &request)
{
    Frames frames;
    for (const QByteArrayView frame :
         {ZapVersion, request.requestId, request.domain, request.address, request.identity,
          mechanismName(request.mechanism)})
        frames.add(frame);
    switch (request.mechanism) {
    case Mechanism::Plain:
        frames.add(request.name);
        frames.add(request.password);
        break;
    case Mechanism::Curve:
        frames.add(request.publicKey);
        break;
    case Mechanism::Gssapi:
        frames.add(request.name);
        break;
    case Mechanism::Null:
    case Mechanism::Unknown:
        break;
    }
    Request again;
    const ParseResult result = parseRequest(RequestFrames(frames), TextEncoding::Utf8, &again);
    // A text that fits in Latin-1 may not fit in UTF-8.
    if (std::max(request.domain.size(), request.name.size()) > MaximumTextSize)
        return;
    require(result.outcome == ParseOutcome::Valid, "what its parts make up is valid");
    require(again.requestId == request.requestId && again.domain == request.domain
                && again.address == request.address && again.identity == request.identity
                && again.mechanism == request.mechanism && again.name == request.name
                && again.password == request.password && again.publicKey == request.publicKey,
            "what its parts make up is the same request");
}

bool isLetIn(const Policy &policy, const Request &request)
{
    const Verdict verdict = decide(policy, request);
    const bool isSuccess = verdict.status == Status::Success;
    require(isCleanText(verdict.userId), "a user id is text");
    require(isSuccess || verdict.userId.isEmpty(), "who is not let in is nobody");
    require(!isSuccess || verdict.next == Verdict::Next::Answer, "nothing is left to be checked");
    requireReply(request.requestId,
                 {statusCode(verdict.status), verdict.reason, verdict.userId, {}});
    return isSuccess;
}

void requireVerdicts(const Request &request)
{
    static const Policies policies = makePolicies();

    const bool isNull = request.mechanism == Mechanism::Null;
    const bool isGssapi = request.mechanism == Mechanism::Gssapi;
    require(isLetIn(policies.none, request) == (isNull || isGssapi),
            "without configuration, credentials are no good");
    require(isLetIn(policies.guarded, request) == isKnown(request), "who is known is let in");
    const auto peer = PeerAddress::fromBytes(request.address);
    require(isLetIn(policies.addresses, request)
                == (isKnown(request) && peer && policies.addresses.addresses->contains(*peer)),
            "who is known and comes from where one may is let in");
    require(!isLetIn(policies.locked, request), "nobody is let in");
    require(isLetIn(policies.hashed, request)
                == ((isNull || isGssapi) && request.domain != "global"),
            "nobody is let in before the hash was checked");
}

void requireValid(const Request &request, const Frames &frames, qsizetype totalCount)
{
    require(frames[0] == ZapVersion, "a valid request has the version");
    require(frames.size() >= 6 && frames.size() == totalCount, "a valid request is whole");
    for (qsizetype i = 2; i < frames.size(); ++i)
        require(frames[i].size() <= MaximumTextSize, "a valid request is no longer than need be");
    require(request.mechanism != Mechanism::Unknown, "the mechanism is known");
    require(request.publicKey.size() == (request.mechanism == Mechanism::Curve ? CurveKeySize : 0),
            "a CURVE request has a key, and no other has");
    require(!isLowOrderKey(request.publicKey), "a key is not a low-order point");
    requireRoundTrip(request);
    requireVerdicts(request);
}

void requireLoggable(const Request &request)
{
    QString text;
    QDebug(&text) << QZapRequestPrivate::create(request, 0);
    require(std::all_of(text.begin(), text.end(),
                        [](QChar c) { return c.isPrint() || c.isSurrogate(); }),
            "a request reaches a log escaped");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Fuzz::Input input(data, size);
    const std::uint8_t options = input.byte();
    const Frames message(&input);
    Frames frames;
    qsizetype start = 0;
    if ((options & Enveloped) != 0) {
        start = findRequest(message.data(), message.size());
        require(start == -1 || (start >= 2 && message[start - 1].isEmpty()),
                "a request starts behind an envelope and an empty frame");
        if (start == -1)
            return 0;
    }
    for (qsizetype i = start; i < message.size(); ++i)
        frames.add(message[i]);

    const qsizetype totalCount = frames.size() + ((options & Cut) != 0 ? 1 : 0);
    const TextEncoding encoding =
        (options & Latin1) != 0 ? TextEncoding::Latin1 : TextEncoding::Utf8;
    Request request;
    const ParseResult result =
        parseRequest({frames.data(), frames.size(), totalCount}, encoding, &request);
    require((result.outcome == ParseOutcome::Unanswerable) == (frames.size() < 2),
            "there is an answer where there is a request id");
    require((result.outcome == ParseOutcome::Valid) == result.error.isEmpty(),
            "an error says what is wrong");
    require(isAscii(result.error) && isCleanText(result.error), "an error can be sent");
    requireViews(request, frames);
    requireLoggable(request);
    if (result.outcome == ParseOutcome::Unanswerable)
        return 0;
    require(request.requestId.data() == frames[1].data()
                && request.requestId.size() == frames[1].size(),
            "the answer is to the request id");
    requireReply(request.requestId,
                 {statusCode(Status::AuthenticationFailure), result.error, {}, {}});
    if (result.outcome == ParseOutcome::Valid)
        requireValid(request, frames, totalCount);
    return 0;
}
