import Dispatch
import Synchronization
import WarehouseBasics

/// Inflates the whole members that begin in one region, on some thread. What it makes is right for a member that begins
/// where it began; whether one does is not its to know. `pieces` is read after `wait`: hence unchecked.
final class MemberJob: @unchecked Sendable {
    /// What one turn of the decoder made.
    struct Piece {
        let bytes: [UInt8]
        /// Where its member begins in the file, and where it ends (behind its trailer).
        let memberStart: Int
        var memberEnd = 0
        /// Compressed bytes of the file taken up to its end.
        let consumed: Int
        let isFirst: Bool
        var isLast = false
    }

    let start: Int
    let end: Int
    private(set) var pieces: [Piece] = []
    /// Bytes that the reader took; only the reader uses it.
    var takenBytes = 0
    private let regions: MemberRegions
    private let outputBytes: Int
    private let done = DispatchSemaphore(value: 0)
    private let isCancelled = Atomic(false)
    private let made = Atomic(0)

    /// Places that look like a header and are none are tried this often.
    private static let maximumAttempts = 8

    init(_ regions: MemberRegions, start: Int, end: Int, outputBytes: Int) {
        self.regions = regions
        self.start = start
        self.end = end
        self.outputBytes = outputBytes
    }

    func begin() {
        WorkerThreads.shared.run { [self] in
            inflateAll()
            done.signal()
        }
    }

    /// May be called again.
    func wait() {
        done.wait()
        done.signal()
    }

    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    var madeBytes: Int { made.load(ordering: .relaxed) }

    /// After `wait`: the first piece of the member that begins at `offset`.
    func index(ofMemberAt offset: Int) -> Int? {
        var low = 0, high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].memberStart < offset { low = middle + 1 } else { high = middle }
        }
        guard low < pieces.count, pieces[low].memberStart == offset else { return nil }
        return low
    }

    private func inflateAll() {
        var place = start
        for _ in 0..<MemberJob.maximumAttempts {
            guard let first = regions.candidate(from: place) else { return }
            guard let behind = inflateRun(from: first) else { return }
            place = max(behind, first + 1)
            guard place < end else { return }
        }
    }

    /// Inflates members that follow each other: the place behind the last whole one, or nil when enough was made.
    private func inflateRun(from first: Int) -> Int? {
        let inflater = MemberInflater(RegionSource(regions, from: first), container: .gzip)
        var place = first
        while place < end {
            let kept = pieces.count
            do {
                try inflater.beginMember()
                while inflater.isInMember {
                    let bytes = try inflater.decodePiece()
                    let total = made.add(bytes.count, ordering: .relaxed).newValue
                    guard total <= outputBytes, !isCancelled.load(ordering: .relaxed) else {
                        pieces.removeSubrange(kept...)
                        return nil
                    }
                    pieces.append(Piece(
                        bytes: Array(bytes), memberStart: place, consumed: first + inflater.input.bytesConsumed,
                        isFirst: pieces.count == kept))
                    try inflater.finishPiece(bytes)
                }
            } catch {
                // No member, a damaged one, or one that goes on behind the regions: the reader will see for itself.
                pieces.removeSubrange(kept...)
                return place
            }
            place = first + inflater.input.bytesConsumed
            for index in kept..<pieces.count { pieces[index].memberEnd = place }
            pieces[pieces.count - 1].isLast = true
        }
        return place
    }
}
