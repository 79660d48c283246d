import WarehouseBasics

/// The bytes of a gzip file for a reader that inflates it in order, while members that begin further on are inflated on
/// other threads. Those are found by what their headers look like, which bytes within a member may do too: so the reader
/// is only given members that begin where, by its own reading, one must begin.
final class MembersAhead: ByteSource {
    private let source: any ByteSource
    private let options: MemberLookahead
    /// Read and not passed, in order.
    private var regions: [MemberRegion] = []
    /// Regions dropped from `regions`, and those in which members were looked for.
    private var droppedCount = 0, searchedCount = 0
    /// The next byte that the reader gets.
    private var position = 0
    /// The end of what was read from the source.
    private var end = 0
    private var isSourceAtEnd = false
    private var failure: (any Error)?
    /// In the order of the file.
    private var jobs: [MemberJob] = []
    private var wastedBytes = 0

    /// More than the reader may have got beyond the place where it decodes.
    private static let readerBufferBytes = 1 << 20

    init(_ source: any ByteSource, _ options: MemberLookahead) {
        self.source = source
        self.options = options
    }

    deinit { for job in jobs { job.cancel() } }

    var bytesConsumed: Int { position }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        dropJobs(endingBefore: position - MembersAhead.readerBufferBytes)
        readOn()
        guard let region = regions.first, position < region.end else {
            if let failure { throw failure }
            return 0
        }
        let from = position - region.offset, count = min(buffer.count, region.bytes.count - from)
        region.bytes.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + count]))
        }
        advance(to: position + count)
        return count
    }

    /// The member that begins at `offset`, when it was inflated ahead. `offset` never goes back.
    func member(at offset: Int) -> (job: MemberJob, index: Int)? {
        dropJobs(endingBefore: offset)
        guard let job = jobs.first, job.start <= offset else { return nil }
        job.wait()
        return job.index(ofMemberAt: offset).map { (job, $0) }
    }

    /// The reader goes on at `offset`.
    func skip(to offset: Int) {
        advance(to: offset)
        readOn()
    }

    private var isWorthwhile: Bool { wastedBytes <= options.maximumWaste }

    private func advance(to offset: Int) {
        position = max(position, offset)
        while let region = regions.first, region.end <= position {
            regions.removeFirst()
            droppedCount += 1
        }
        searchedCount = max(searchedCount, droppedCount)
    }

    private func dropJobs(endingBefore offset: Int) {
        while let job = jobs.first, job.end <= offset {
            wastedBytes += job.madeBytes - 2 * job.takenBytes
            job.cancel()
            jobs.removeFirst()
        }
        wastedBytes = max(wastedBytes, -options.maximumWaste)
    }

    /// Reads what the reader needs now, and some of what jobs need: little at a time, so that nobody waits for all.
    private func readOn() {
        let wanted = isWorthwhile ? (options.jobCount + options.overlapCount) * options.regionBytes : 1
        var count = 0
        while !isSourceAtEnd, failure == nil, end - position < wanted, count < 2 || end <= position {
            readRegion()
            count += 1
        }
        beginJobs()
    }

    private func readRegion() {
        let bytes = [UInt8](unsafeUninitializedCapacity: options.regionBytes) { buffer, filled in
            do {
                while filled < buffer.count {
                    let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
                    let count = try source.read(into: rest)
                    if count == 0 {
                        isSourceAtEnd = true
                        return
                    }
                    filled += count
                }
            } catch {
                // It is told when the reader comes to it.
                failure = error
            }
        }
        guard !bytes.isEmpty else { return }
        regions.append(MemberRegion(offset: end, bytes: bytes))
        end += bytes.count
    }

    private func beginJobs() {
        let isComplete = isSourceAtEnd || failure != nil
        while isWorthwhile, jobs.count <= options.jobCount {
            let index = searchedCount - droppedCount
            guard index < regions.count, isComplete || index + options.overlapCount < regions.count else { return }
            searchedCount += 1
            let region = regions[index]
            // The reader is in it already.
            guard region.offset >= position, region.offset > 0 else { continue }
            let readable = MemberRegions(
                regions: Array(regions[index...min(index + options.overlapCount, regions.count - 1)]))
            guard let start = readable.candidate(from: region.offset) else { continue }
            let job = MemberJob(readable, start: start, end: region.end, outputBytes: options.outputBytes)
            jobs.append(job)
            job.begin()
        }
    }
}
