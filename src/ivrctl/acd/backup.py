"""What becomes of the backup staff by an event, and by a reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from ivrctl.acd.events import BackupChanged, DevicesRead, QueuesRead
from ivrctl.acd.order import is_older
from ivrctl.acd.picture import BackupStaff


def backup_changed(staff: BackupStaff, event: BackupChanged, read_at: datetime | None) -> BackupStaff:
    """He is available, or no more; nothing where that is older than what is known, or nothing was read yet."""
    available, number = staff.available, event.number
    if available is None or is_older(event.at, read_at) or is_older(event.at, staff.told.get(number)):
        return staff
    told = MappingProxyType({**staff.told, number: event.at})
    changed = available | {number} if event.is_available else available - {number}
    return BackupStaff(changed, staff.devices, told)


def devices_read(staff: BackupStaff, event: DevicesRead) -> BackupStaff:
    """What phones say."""
    devices = dict(event.devices) if event.is_all else {**staff.devices, **event.devices}
    return staff if devices == staff.devices else replace(staff, devices=MappingProxyType(devices))


def without_device(staff: BackupStaff, interface: str) -> BackupStaff:
    """He has left a queue: what was known of his phone before he was in it is no longer so."""
    if interface not in staff.devices:
        return staff
    devices = {each: state for each, state in staff.devices.items() if each != interface}
    return replace(staff, devices=MappingProxyType(devices))


def backup_read(staff: BackupStaff, event: QueuesRead, *, was_blind: bool) -> BackupStaff:
    """Who is available by a reading; what was told behind it is younger. Phones may all be others after blindness."""
    devices = MappingProxyType({}) if was_blind else staff.devices
    if event.backup is None:
        return BackupStaff(None, devices)
    younger = {number: at for number, at in staff.told.items() if is_older(event.at, at)}
    here = staff.available or frozenset()
    available = (event.backup - younger.keys()) | (here & younger.keys())
    return BackupStaff(available, devices, MappingProxyType(younger))
