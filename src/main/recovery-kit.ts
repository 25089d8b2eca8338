import { open, rm } from 'node:fs/promises'
import { AppError } from '../shared/app-error.ts'
import type { Paper } from '../shared/models/kit.ts'
import { toStorageError } from './db/open.ts'

/** What stands on the sheet. `words` are the 24 recovery words with a space between. */
export type RecoveryKit = {
  readonly words: string
  readonly vaultId: string
  readonly madeAtMs: number
  readonly paper: Paper
}

const marginPt = 56
const columns = 3
const rowPt = 21
const muted = '#5b5551'

/**
 * One sheet to print, as a PDF made here without a network: the words with their places, what they are for and how they are used. Only
 * fonts that every reader has; nothing in it names the person or this computer.
 */
export async function makeRecoveryKit({ words, vaultId, madeAtMs, paper }: RecoveryKit): Promise<Buffer> {
  // Large, and needed this once.
  const { default: PDFDocument } = await import('pdfkit')
  const made = new Date(madeAtMs)
  const info = { Title: 'Clawkeep recovery kit', Creator: 'Clawkeep', Producer: 'Clawkeep', CreationDate: made }
  const page = new PDFDocument({ size: paper === 'a4' ? 'A4' : 'LETTER', margin: marginPt, info, lang: 'en' })
  const width = page.page.width - 2 * marginPt
  const heading = (text: string): void => {
    page.moveDown(1.1).font('Helvetica-Bold').fontSize(12).fillColor('black').text(text).moveDown(0.3)
  }
  const paragraph = (text: string): void => {
    page.font('Helvetica').fontSize(10.5).fillColor('black').text(text, { lineGap: 2 }).moveDown(0.2)
  }
  const lines = (count: number): void => {
    for (let line = 0; line < count; line += 1) {
      page.y += 24
      page
        .moveTo(marginPt, page.y)
        .lineTo(marginPt + width, page.y)
        .lineWidth(0.5)
        .strokeColor(muted)
        .stroke()
    }
  }

  page.font('Helvetica-Bold').fontSize(22).text('Clawkeep recovery kit')
  page.font('Helvetica').fontSize(10.5).fillColor(muted)
  page
    .moveDown(0.3)
    .text(`Vault ${vaultId}`)
    .text(`Made on ${dayOf(made)}`)
  heading('What it is for')
  paragraph(
    'With these 24 words a forgotten password is replaced. Whoever has them and the file of the vault, or a backup of it, can open everything in it. Nobody can make them again for you.',
  )
  page.moveDown(0.6)
  drawWords(page, words.split(' '), width)
  heading('How to use it')
  paragraph('1.  On the lock screen of Clawkeep choose "Use the recovery words".')
  paragraph('2.  Type the words in this order, and a new password twice. The words stay good.')
  paragraph('3.  New words, made in Settings, end these. Then destroy this sheet.')
  paragraph('In a terminal it is the command: clawkeep vault recover')
  heading('How to keep it')
  paragraph(
    'On paper, where you keep what must be neither lost nor found. When it is printed, delete the file it was printed from, also from the trash.',
  )
  heading('A hint for the password (never the password itself)')
  lines(2)
  heading('Where the backups are')
  lines(1)
  page.end()
  return Buffer.concat((await page.toArray()) as ReadonlyArray<Buffer>)
}

/** In columns that are read downwards, each word with its place. */
function drawWords(page: PDFKit.PDFDocument, words: ReadonlyArray<string>, width: number): void {
  const rows = Math.ceil(words.length / columns)
  const top = page.y
  const padding = 12
  const height = rows * rowPt + 2 * padding
  page.roundedRect(marginPt, top, width, height, 6).lineWidth(1).strokeColor(muted).stroke()
  for (const [at, word] of words.entries()) {
    const left = marginPt + 16 + Math.floor(at / rows) * (width / columns)
    const y = top + padding + (at % rows) * rowPt + 4
    page.font('Courier').fontSize(10).fillColor(muted)
    page.text(`${at + 1}`, left, y + 2, { width: 18, align: 'right', lineBreak: false })
    page.font('Courier-Bold').fontSize(13).fillColor('black')
    page.text(word, left + 28, y, { lineBreak: false })
  }
  page.x = marginPt
  page.y = top + height
}

function dayOf(date: Date): string {
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
}

/**
 * Writes the sheet under its own name from the first byte, for this user only (0600): a second file beside it could stay behind with the
 * words. `replace` puts it in the place of another. Throws AppError conflict, disk_full, no_permission and the like; then there is no file.
 */
export async function writeRecoveryKit(
  path: string,
  pdf: Uint8Array,
  { replace }: { replace: boolean },
): Promise<void> {
  try {
    if (replace) await rm(path, { force: true })
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(pdf)
      await file.sync()
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken()
    throw toStorageError(error, 'recovery kit')
  }
}

function taken(): AppError {
  return new AppError('conflict', 'There is a file of this name already.', {
    hint: 'Choose another name; nothing was written.',
  })
}
